/**
 * Addresses and providers of resources. An address is a promise: a resource whose address changes is replaced, and a
 * replaced bucket is lost data. CDKTF's own names end in a hash of the path; ours are the path itself, readable in a plan
 * and held by a test.
 */
import { type Construct, CORE_VERSION, type TerraformProvider, TerraformStack } from "./cdk";
import { InvalidValueError } from "./settings/checks";

/** The addresses of each stack, with the path of the construct that has them. */
const taken = new WeakMap<TerraformStack, Map<string, string>>();

/** The providers that constructs were given. */
const providers = new WeakMap<object, TerraformProvider>();

/** Ids that carry no meaning of their own, as in CDKTF. */
const HIDDEN_IDS = new Set(["Resource", "Default"]);

/** What every construct of this package takes. */
export interface ProviderProps {
  /**
   * The AWS provider of every resource and data source in the construct.
   *
   * @default that of the construct around it; without one, the stack's AWS provider without an alias
   */
  readonly provider?: TerraformProvider;
}

/** Gives a provider to everything that is {@link pinned} within a construct from now on. */
export function provideTo(construct: Construct, provider: TerraformProvider | undefined): void {
  if (provider !== undefined) providers.set(construct, provider);
}

/** The provider that a construct, or the nearest one around it, was given. */
export function providerOf(construct: Construct): TerraformProvider | undefined {
  return construct.node.scopes
    .map((scope) => providers.get(scope))
    .filter((provider) => provider !== undefined)
    .at(-1);
}

/**
 * Gives a resource (or data source, or local value) the address `<type>.<path, joined by underscores>`, and the provider
 * of the construct that it is in.
 *
 * @returns the resource itself
 * @throws InvalidValueError if two paths of a stack come to the same address: one would silently replace the other; or if
 *   the stack is of another core than this package
 */
export function pinned<T extends Pinnable>(resource: T): T {
  const scope = resource.node.scope as Construct;
  const stack = TerraformStack.of(scope);
  refuseOtherCore(stack);
  const path = resource.node.scopes.slice(stack.node.scopes.length) as Construct[];
  const type = resource.terraformResourceType ?? "local";
  const name = joined(path.map(({ node }) => node.id));
  claim(stack, `${type}.${name}`, resource.node.path);
  resource.overrideLogicalId(name);
  if (type.startsWith("aws_")) resource.provider = providerOf(scope);
  return resource;
}

/** A stack of `cdktn` cannot synthesize resources of `cdktf`, and fails with a TypeError that names neither. */
function refuseOtherCore(stack: TerraformStack): void {
  const { node }: Construct = stack;
  const version: unknown = node.tryGetContext("cdktfVersion");
  // A second copy of the same version works.
  if (stack instanceof TerraformStack || version === CORE_VERSION) return;
  throw new InvalidValueError(node.path, [
    {
      id: "other-core",
      path: [],
      message: `this stack is of version ${version} of another core, and cdktf-moesif-firehose runs on cdktf ${CORE_VERSION}`,
      fix: 'in an app of cdktn, install it by the recipe "cdktn by npm aliases" of docs/constructs.md',
    },
  ]);
}

interface Pinnable extends Construct {
  overrideLogicalId(name: string): void;
  readonly terraformResourceType?: string;
  provider?: TerraformProvider;
}

function joined(ids: readonly string[]): string {
  const visible = ids.filter((id) => !HIDDEN_IDS.has(id));
  return visible.join("_").replace(/[^A-Za-z0-9_-]/g, "_");
}

function claim(stack: TerraformStack, address: string, path: string): void {
  const addresses = taken.get(stack) ?? new Map<string, string>();
  taken.set(stack, addresses);
  const owner = addresses.get(address);
  if (owner !== undefined) {
    const message = `duplicate address ${address} (also of ${owner})`;
    throw new InvalidValueError(path, [
      { id: "duplicate-address", path: [], message, fix: "change one of the two ids" },
    ]);
  }
  addresses.set(address, path);
}

/**
 * CDKTF's prebuilt bindings pin the provider to one exact version. What the constructs of this package synthesize
 * runs on both majors: this widens the constraint of a stack, which a construct does not do by itself to a stack
 * that is not its own.
 */
export function widenAwsProvider(stack: TerraformStack): void {
  stack.addOverride("terraform.required_providers.aws", {
    source: "hashicorp/aws",
    version: ">= 5.100.0, < 7.0.0",
  });
}
