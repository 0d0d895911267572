/** IAM policies: whether two say the same, and what one allows less than another. */
import { isObject } from "../../common/json";

type Statement = Readonly<Record<string, unknown>>;

/** Whether two JSON values say the same to IAM: a list of one is its element, and the order in lists and objects is free. */
export function sameJson(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    const parts = value.map(canonical).sort();
    return parts.length === 1 ? parts[0]! : `[${parts.join()}]`;
  }
  if (!isObject(value)) return JSON.stringify(value) ?? "undefined";
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{${entries
    .map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`)
    .sort()
    .join()}}`;
}

/** What a policy must allow and does not, as `action on resource`. */
export function missingGrants(wanted: unknown, actual: unknown): string[] {
  const allowed = statementsOf(actual);
  return statementsOf(wanted).flatMap((statement) =>
    listOf(statement["Action"]).flatMap((action) =>
      listOf(statement["Resource"])
        .filter((resource) => !allowed.some((one) => allows(one, action, resource, statement["Condition"])))
        .map((resource) => `${action} on ${resource}`),
    ),
  );
}

function statementsOf(policy: unknown): readonly Statement[] {
  const statements = isObject(policy) ? [policy["Statement"]].flat() : [];
  return statements.filter(isObject).filter(({ Effect }) => Effect === "Allow");
}

function listOf(value: unknown): readonly string[] {
  return [value].flat().map(String);
}

/** A statement without a condition allows more than one with. */
function allows(statement: Statement, action: string, resource: string, condition: unknown): boolean {
  const { Action, Resource, Condition } = statement;
  return (
    listOf(Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
    listOf(Resource).some((pattern) => matches(pattern, resource)) &&
    (Condition === undefined || sameJson(Condition, condition))
  );
}

/** `*` and `?` as IAM takes them. */
function matches(pattern: string, text: string): boolean {
  if (pattern === text) return true;
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
}
