/** The stages of an app, as its code writes them down. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { type IConstruct, TerraformResource, TerraformStack, Tokenization } from "../cdk";
import { argumentOf, literalOf, literalsOf } from "./written-arguments";

/** The resource types of stages, with what leads to their APIs. Types, not classes: an app may have another copy of them. */
const STAGES = {
  aws_api_gateway_stage: { apiId: "rest_api_id", api: "aws_api_gateway_rest_api" },
  aws_apigatewayv2_stage: { apiId: "api_id", api: "aws_apigatewayv2_api" },
} as const;

/** What of a stage is known before Terraform runs. */
export interface WrittenStage {
  readonly construct: TerraformResource;
  /** Path of the construct, such as `shop/orders/prod`. */
  readonly path: string;
  /** Absent where the API is not in the app, or only Terraform knows which it is. */
  readonly type?: ApiType;
  /** Where they are literals: id, name and construct path of the API. */
  readonly api: { readonly id?: string; readonly name?: string; readonly path?: string };
  /** Literal tags of the stage and its API; of a tag on both, the stage's. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Every stage in a scope, the scope itself included. */
export function stagesIn(scope: IConstruct): WrittenStage[] {
  return scope.node.findAll().flatMap((construct) => writtenStage(construct) ?? []);
}

/** A construct as the stage that it is, if it is one. */
export function writtenStage(construct: IConstruct): WrittenStage | undefined {
  if (!TerraformResource.isTerraformResource(construct) || !isStageType(construct.terraformResourceType)) return;
  const { apiId } = STAGES[construct.terraformResourceType];
  const api = apiOf(construct, construct.terraformResourceType);
  return {
    construct,
    path: construct.node.path,
    type: construct.terraformResourceType === "aws_api_gateway_stage" ? "REST" : api && protocolOf(api),
    api: { id: literalOf(construct, apiId), name: api && literalOf(api, "name"), path: api?.node.path },
    tags: { ...(api && literalsOf(api, "tags")), ...literalsOf(construct, "tags") },
  };
}

function isStageType(type: string): type is keyof typeof STAGES {
  return Object.hasOwn(STAGES, type);
}

function protocolOf(api: TerraformResource): ApiType | undefined {
  const protocol = literalOf(api, "protocol_type");
  return protocol === "HTTP" || protocol === "WEBSOCKET" ? protocol : undefined;
}

/** The resource of the stage's API, in whichever stack, if the stage refers to it. */
function apiOf(stage: TerraformResource, type: keyof typeof STAGES): TerraformResource | undefined {
  const reference = referenceIn(argumentOf(stage, STAGES[type].apiId), TerraformStack.of(stage));
  if (reference === undefined) return undefined;
  const [resourceType, name] = reference.identifier.split(".");
  if (resourceType !== STAGES[type].api) return undefined;
  return reference.originStack.node
    .findAll()
    .filter((construct) => TerraformResource.isTerraformResource(construct))
    .find((resource) => resource.terraformResourceType === resourceType && resource.friendlyUniqueId === name);
}

/** What CDKTF keeps behind the token of an attribute, and exports no type of. */
interface Reference {
  /** Such as `aws_apigatewayv2_api.chat.id`. */
  readonly identifier: string;
  readonly originStack: TerraformStack;
}

/** The one reference that a value is. */
function referenceIn(value: unknown, stack: TerraformStack): Reference | undefined {
  const [token, ...others] = Tokenization.reverse(value) as Partial<Reference>[];
  if (others.length > 0) return undefined;
  if (token?.identifier !== undefined && TerraformStack.isStack(token.originStack)) return token as Reference;
  const written = typeof value === "string" ? /^\$\{([\w.-]+)\}$/.exec(value)?.[1] : undefined;
  return written === undefined ? undefined : { identifier: written, originStack: stack };
}
