/** What Terraform plans, in a form in which two ways to say the same are equal. */
import type { Terraform } from "./terraform";

type Json = any;

/** Planned resources, and the policies that it will make, by their addresses. */
export interface PlannedModel {
  readonly [address: string]: Json;
}

/** What Terraform plans of each module that a configuration calls, by its name; nothing is applied. */
export async function plannedModels(terraform: Terraform): Promise<{ readonly [name: string]: PlannedModel }> {
  await terraform.must(["plan", "-out=plan", "-refresh=false", "-input=false", "-no-color"]);
  const plan = JSON.parse(await terraform.must(["show", "-json", "plan"]));
  const changes: { address: string; change: { after: Json; after_unknown: Json } }[] = plan.resource_changes;
  const read: { resources?: { address: string; values: Json }[] }[] =
    plan.prior_state?.values?.root_module?.child_modules ?? [];
  const planned: [address: string, values: Json][] = [
    ...read.flatMap(({ resources = [] }) => resources.map((one): [string, Json] => [one.address, one.values])),
    ...changes.map(({ address, change }): [string, Json] => [address, withUnknown(change.after, change.after_unknown)]),
  ];
  const models: Record<string, Record<string, Json>> = {};
  for (const [address, values] of planned) {
    const [, name, within] = /^module\.(\w+)\.(.+)$/.exec(address)!;
    (models[name!] ??= {})[within!] = comparable(values);
  }
  return models;
}

/** Values with a mark in place of each that is known when it is applied only. */
function withUnknown(after: Json, unknown: Json): Json {
  if (unknown === true) return "(known after apply)";
  if (Array.isArray(after)) return after.map((part, index) => withUnknown(part, unknown?.[index]));
  if (typeof after !== "object" || after === null) return after;
  const keys = new Set([...Object.keys(after), ...Object.keys(unknown ?? {})]);
  return Object.fromEntries([...keys].map((key) => [key, withUnknown(after[key], unknown?.[key])]));
}

/** Without the order of statements, and with the document of settings as what it says. */
function comparable(values: Json): Json {
  const { statement, content, triggers_replace: triggers, ...rest } = values;
  const bySid = (one: Json, other: Json) => String(one.sid).localeCompare(String(other.sid));
  return {
    ...rest,
    ...(statement && { statement: [...statement].sort(bySid) }),
    ...(content && { content: JSON.parse(content) }),
    // The hash of a document is that of how it is written, and not of what it says.
    ...(triggers && { triggers_replace: triggers.map((one: string) => (/^[0-9a-f]{64}$/.test(one) ? "(hash)" : one)) }),
    ...(statement && rest.json && { id: undefined, json: undefined, minified_json: undefined }),
  };
}
