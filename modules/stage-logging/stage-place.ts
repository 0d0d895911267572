/** The account and region of resources, as far as their providers say before Terraform runs. */
import { TerraformProvider, type TerraformResource, TerraformStack, Token } from "../cdk";
import type { MoesifPipeline } from "../pipeline/moesif-pipeline";
import { argumentOf, literalOf } from "./written-arguments";

interface Place {
  readonly region?: string;
  /** The accounts that it may be in. */
  readonly accounts?: readonly string[];
}

/** Why a stage cannot log to a pipeline of another place, if it is plain that it is in another one. */
export function elsewhere(stage: TerraformResource, pipeline: MoesifPipeline): string | undefined {
  const there = placeOf(stage);
  const here = placeOfPipeline(pipeline);
  if (there.region !== undefined && here.region !== undefined && there.region !== here.region) {
    return `it is in ${there.region}, and the pipeline in ${here.region}: API Gateway logs within its region, so make a pipeline there`;
  }
  if (there.accounts && here.accounts && !there.accounts.some((account) => here.accounts!.includes(account))) {
    return `it is in account ${there.accounts.join(" or ")}, and the pipeline in ${here.accounts.join(" or ")}: API Gateway logs within its account, so make a pipeline there`;
  }
  return undefined;
}

function placeOfPipeline({ environment, stream }: MoesifPipeline): Place {
  const { accountId, region } = environment;
  const provided = placeOf(stream.node.defaultChild as TerraformResource);
  return {
    region: Token.isUnresolved(region) ? provided.region : region,
    accounts: Token.isUnresolved(accountId) ? provided.accounts : [accountId],
  };
}

function placeOf(resource: TerraformResource): Place {
  const provider = resource.provider ?? defaultProvider(TerraformStack.of(resource));
  // Since version 6 of the provider, a resource may name a region of its own.
  const named = argumentOf(resource, "region") === undefined ? provider : resource;
  return {
    region: named && literalOf(named, "region"),
    accounts: provider && literalList(argumentOf(provider, "allowed_account_ids")),
  };
}

/** The AWS provider that resources have that name none. */
function defaultProvider(stack: TerraformStack): TerraformProvider | undefined {
  return stack.node
    .findAll()
    .filter((construct) => TerraformProvider.isTerraformProvider(construct))
    .find(({ terraformResourceType, alias }) => terraformResourceType === "aws" && alias === undefined);
}

function literalList(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.length > 0 && !value.some((one) => Token.isUnresolved(one)) ? value : undefined;
}
