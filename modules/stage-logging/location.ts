/** The accounts and regions of resources and pipelines, as far as they are literals. */
import { type Construct, TerraformProvider, type TerraformResource, TerraformStack, Token } from "../cdk";
import type { IMoesifPipeline } from "../pipeline/imported-pipeline";
import { argumentOf, literalOf } from "./declared-stage";

export interface Location {
  readonly region?: string;
  /** The accounts that it may be in. */
  readonly accounts?: readonly string[];
}

/** The AWS provider of a construct: the given one, or that of its stack without an alias. */
export function effectiveProvider(scope: Construct, provider?: TerraformProvider): TerraformProvider | undefined {
  if (provider !== undefined) return provider;
  return TerraformStack.of(scope)
    .node.findAll()
    .filter((construct) => TerraformProvider.isTerraformProvider(construct))
    .find(({ terraformResourceType, alias }) => terraformResourceType === "aws" && alias === undefined);
}

export function locationOf(resource: TerraformResource): Location {
  const { region, accounts } = locationOfProvider(effectiveProvider(resource, resource.provider));
  // Since version 6 of the provider, a resource may have a region of its own.
  const hasOwn = argumentOf(resource, "region") !== undefined;
  return { region: hasOwn ? literalOf(resource, "region") : region, accounts };
}

export function pipelineLocation(pipeline: IMoesifPipeline): Location {
  const { accountId, region } = pipeline.environment;
  const provider = locationOfProvider(effectiveProvider(pipeline, pipeline.provider));
  return {
    region: Token.isUnresolved(region) ? provider.region : region,
    accounts: Token.isUnresolved(accountId) ? provider.accounts : [accountId],
  };
}

export function locationOfProvider(provider: TerraformProvider | undefined): Location {
  if (provider === undefined) return {};
  const accounts = argumentOf(provider, "allowed_account_ids");
  const isLiteral = Array.isArray(accounts) && accounts.length > 0 && !accounts.some((one) => Token.isUnresolved(one));
  return { region: literalOf(provider, "region"), accounts: isLiteral ? accounts : undefined };
}

/** Whether two locations are certainly not the same account and region. */
export function isElsewhere(one: Location, other: Location): boolean {
  return (
    (one.region !== undefined && other.region !== undefined && one.region !== other.region) ||
    (one.accounts !== undefined &&
      other.accounts !== undefined &&
      !one.accounts.some((account) => other.accounts!.includes(account)))
  );
}

/** Whether two locations are certainly the same account and region. */
export function isSameLocation(one: Location, other: Location): boolean {
  return (
    one.region !== undefined &&
    one.region === other.region &&
    one.accounts?.length === 1 &&
    other.accounts?.length === 1 &&
    one.accounts[0] === other.accounts[0]
  );
}

/** Such as `account 111111111111, us-east-1`. */
export function locationText({ region, accounts }: Location): string {
  const account = accounts && `account ${accounts.join(" or ")}`;
  return [account, region].filter((part) => part !== undefined).join(", ") || "an unknown account and region";
}
