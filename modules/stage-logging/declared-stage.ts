/** The stages that the code of an app declares: what is known of them before Terraform runs, and which ones are selected. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { matchesGlob } from "../../lambda/stage-enrollment/wanted";
import {
  type IConstruct,
  type TerraformProvider,
  TerraformResource,
  TerraformStack,
  Token,
  Tokenization,
} from "../cdk";

/** The resource types of stages and of their APIs. Types, not classes: an app may have another copy of the bindings. */
const STAGES = {
  aws_api_gateway_stage: { apiId: "rest_api_id", api: "aws_api_gateway_rest_api" },
  aws_apigatewayv2_stage: { apiId: "api_id", api: "aws_apigatewayv2_api" },
} as const;

/** A stage, as far as it is known before Terraform runs. */
export interface DeclaredStage {
  /** The stage. */
  readonly construct: TerraformResource;
  /** Path of the construct, such as `shop/orders/prod`. */
  readonly path: string;
  /** Absent if the API is not in the app, or its protocol is a token. */
  readonly type?: ApiType;
  /** Id and name of the API if they are literals, and the path of its construct if it is in the app. */
  readonly api: { readonly id?: string; readonly name?: string; readonly path?: string };
  /** Literal tags of the stage and its API. The stage's tags take precedence. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Every stage in a scope, including the scope itself. */
export function stagesIn(scope: IConstruct): DeclaredStage[] {
  return scope.node.findAll().flatMap((construct) => declaredStage(construct) ?? []);
}

/** The stage that a construct declares; `undefined` if it declares none. */
export function declaredStage(construct: IConstruct): DeclaredStage | undefined {
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

/** What CDKTF keeps for the token of an attribute; it exports no type of it. */
interface Reference {
  /** Such as `aws_apigatewayv2_api.chat.id`. */
  readonly identifier: string;
  readonly originStack: TerraformStack;
}

/** The reference that a value consists of. */
function referenceIn(value: unknown, stack: TerraformStack): Reference | undefined {
  const [token, ...others] = Tokenization.reverse(value) as Partial<Reference>[];
  if (others.length > 0) return undefined;
  if (token?.identifier !== undefined && TerraformStack.isStack(token.originStack)) return token as Reference;
  const written = typeof value === "string" ? /^\$\{([\w.-]+)\}$/.exec(value)?.[1] : undefined;
  return written === undefined ? undefined : { identifier: written, originStack: stack };
}

/** Selects stages: everything that is given must match. In a text, `*` matches any characters. */
export interface StageSelector {
  /** Path of the stage's construct, such as `shop/orders/*`. */
  readonly path?: string;
  /** Id or name of the API if they are literals, or the path of its construct. */
  readonly api?: string;
  /**
   * Literal tags of the stage or its API; the stage's tags take precedence. `default_tags` of a provider are not
   * considered.
   */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Whether at least one selector matches the stage. */
export function isSelected(stage: DeclaredStage, selectors: readonly StageSelector[]): boolean {
  return selectors.some((selector) => matches(stage, selector));
}

function matches({ path, api, tags }: DeclaredStage, selector: StageSelector): boolean {
  const names = [api.id, api.name, api.path].filter((name) => name !== undefined);
  return (
    (selector.path === undefined || matchesGlob(selector.path, path)) &&
    (selector.api === undefined || names.some((name) => matchesGlob(selector.api!, name))) &&
    Object.entries(selector.tags ?? {}).every(([key, value]) => tags[key] === value)
  );
}

/**
 * A resource or provider of any copy and version of the bindings. The attributes of both classes are protected, and
 * rendering them as a whole settles their ids.
 */
type Element = TerraformResource | TerraformProvider;

interface Arguments {
  readonly [name: string]: unknown;
}

/** An argument by Terraform's name for it, from a typed property or an override. */
export function argumentOf(element: Element, name: string): unknown {
  const { properties, overrides } = argumentsOf(element);
  return name in overrides ? overrides[name] : properties[name];
}

/** An argument that is a literal string. */
export function literalOf(element: Element, name: string): string | undefined {
  const value = argumentOf(element, name);
  return typeof value === "string" && isLiteral(value) ? value : undefined;
}

/** The literal strings in an argument that is a map. */
export function literalsOf(element: Element, name: string): Record<string, string> {
  const { properties, overrides } = argumentsOf(element);
  const entries = Object.entries({ ...Object(properties[name]), ...Object(overrides[name]) });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => isLiteral(entry[1])));
}

function isLiteral(value: unknown): boolean {
  return typeof value === "string" && !Token.isUnresolved(value) && !value.includes("${");
}

/** Whether there is a block of that name, static or `dynamic`. */
export function hasBlock(resource: TerraformResource, name: string): boolean {
  const isGiven = (block: unknown) => block !== undefined && block !== null && !(Array.isArray(block) && !block.length);
  return isGiven(argumentOf(resource, name)) || isGiven(Object(argumentOf(resource, "dynamic"))[name]);
}

function argumentsOf(element: Element): { readonly properties: Arguments; readonly overrides: Arguments } {
  const inside = element as unknown as { synthesizeAttributes(): Arguments; readonly rawOverrides: Arguments };
  return { properties: inside.synthesizeAttributes(), overrides: inside.rawOverrides };
}
