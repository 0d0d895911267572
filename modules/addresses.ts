/**
 * Resource addresses are a promise: a resource whose address changes is replaced, and a replaced bucket is lost data.
 * CDKTF's own names end in a hash of the path; ours are the path itself, readable in a plan and held by a test.
 */
import type { TerraformResource } from "./cdk";
import { TerraformStack } from "./cdk";

/** Ids that carry no meaning of their own, as in CDKTF. */
const HIDDEN_IDS = new Set(["Resource", "Default"]);

/**
 * Gives a resource (or data source) the address `<type>.<path, joined by underscores>`.
 *
 * @returns the resource itself
 */
export function pinned<T extends Pick<TerraformResource, "node" | "overrideLogicalId">>(resource: T): T {
  const stack = TerraformStack.of(resource.node.scope!);
  const ids = resource.node.scopes.slice(stack.node.scopes.length).map(({ node }) => node.id);
  const name = ids.filter((id) => !HIDDEN_IDS.has(id)).join("_");
  resource.overrideLogicalId(name.replace(/[^A-Za-z0-9_-]/g, "_"));
  return resource;
}
