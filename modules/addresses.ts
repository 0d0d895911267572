/**
 * Resource addresses are a promise: a resource whose address changes is replaced, and a replaced bucket is lost data.
 * CDKTF's own names end in a hash of the path; ours are the path itself, readable in a plan and held by a test.
 */
import type { TerraformResource } from "./cdk";
import { TerraformStack } from "./cdk";
import { InvalidValueError } from "./value-checks";

/** The addresses of each stack, with the path of the construct that has them. */
const taken = new WeakMap<TerraformStack, Map<string, string>>();

/** Ids that carry no meaning of their own, as in CDKTF. */
const HIDDEN_IDS = new Set(["Resource", "Default"]);

/**
 * Gives a resource (or data source, or local value) the address `<type>.<path, joined by underscores>`.
 *
 * @returns the resource itself
 * @throws InvalidValueError if two paths of a stack come to the same address: one would silently replace the other
 */
export function pinned<T extends Pinnable>(resource: T): T {
  const stack = TerraformStack.of(resource.node.scope!);
  const ids = resource.node.scopes.slice(stack.node.scopes.length).map(({ node }) => node.id);
  const visible = ids.filter((id) => !HIDDEN_IDS.has(id));
  const name = visible.join("_").replace(/[^A-Za-z0-9_-]/g, "_");
  claim(stack, `${resource.terraformResourceType ?? "local"}.${name}`, resource.node.path);
  resource.overrideLogicalId(name);
  return resource;
}

type Pinnable = Pick<TerraformResource, "node" | "overrideLogicalId"> &
  Partial<Pick<TerraformResource, "terraformResourceType">>;

function claim(stack: TerraformStack, address: string, path: string): void {
  const addresses = taken.get(stack) ?? new Map<string, string>();
  taken.set(stack, addresses);
  const owner = addresses.get(address);
  if (owner !== undefined) {
    throw new InvalidValueError(path, [`its address ${address} is that of ${owner}: give one of the two another id`]);
  }
  addresses.set(address, path);
}
