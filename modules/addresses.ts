/**
 * Resource addresses are a promise: a resource whose address changes is replaced, and a replaced bucket is lost data.
 * CDKTF's own names end in a hash of the path; ours are the path itself, readable in a plan and held by a test.
 */
import type { Construct, TerraformResource } from "./cdk";
import { TerraformStack } from "./cdk";
import { InvalidValueError } from "./value-checks";

/** The addresses of each stack, with the path of the construct that has them. */
const taken = new WeakMap<TerraformStack, Map<string, string>>();

/** The ids that constructs had before. */
const former = new WeakMap<Construct, string>();

/** Ids that carry no meaning of their own, as in CDKTF. */
const HIDDEN_IDS = new Set(["Resource", "Default"]);

/**
 * Gives a resource (or data source, or local value) the address `<type>.<path, joined by underscores>`. If anything on
 * that path is {@link formerly another}, Terraform moves the resource from the address that it had.
 *
 * @returns the resource itself
 * @throws InvalidValueError if two paths of a stack come to the same address: one would silently replace the other
 */
export function pinned<T extends Pinnable>(resource: T): T {
  const stack = TerraformStack.of(resource.node.scope!);
  const path = resource.node.scopes.slice(stack.node.scopes.length) as Construct[];
  const type = resource.terraformResourceType ?? "local";
  const name = joined(path.map(({ node }) => node.id));
  claim(stack, `${type}.${name}`, resource.node.path);
  resource.overrideLogicalId(name);
  if (path.some((one) => former.has(one))) {
    const before = joined(path.map((one) => former.get(one) ?? one.node.id));
    // What is only read needs no move.
    resource.moveFromId?.(`${type}.${before}`);
  }
  return resource;
}

type Pinnable = Pick<TerraformResource, "node" | "overrideLogicalId"> &
  Partial<Pick<TerraformResource, "terraformResourceType" | "moveFromId">>;

function joined(ids: readonly string[]): string {
  const visible = ids.filter((id) => !HIDDEN_IDS.has(id));
  return visible.join("_").replace(/[^A-Za-z0-9_-]/g, "_");
}

/**
 * Says which id a construct had in an earlier version, before anything in it is {@link pinned}: with CDKTF as in the
 * plain modules, its resources are moved to their new addresses, and not replaced. It stays as long as anybody may come
 * from that version.
 *
 * @returns the construct itself
 */
export function formerly<T extends Construct>(construct: T, id: string): T {
  former.set(construct, id);
  return construct;
}

function claim(stack: TerraformStack, address: string, path: string): void {
  const addresses = taken.get(stack) ?? new Map<string, string>();
  taken.set(stack, addresses);
  const owner = addresses.get(address);
  if (owner !== undefined) {
    throw new InvalidValueError(path, [`its address ${address} is that of ${owner}: give one of the two another id`]);
  }
  addresses.set(address, path);
}
