/** What policies allow, each grant by itself: how statements are cut, ordered and named says nothing. */

type Json = any;

/**
 * The grants of a policy as texts: effect, action, resource, principal and condition.
 *
 * @param policy as IAM takes it, or as the mocked provider names a document
 * @param documents the data sources of documents, by their addresses
 * @throws Error if a policy says what is not read here
 */
export function grantsOf(policy: Json, documents: ReadonlyMap<string, Json>): string[] {
  if (policy.document === undefined) return policy.Statement.flatMap(ofStatement);
  const document = documents.get(policy.document);
  if (document === undefined) throw new Error(`no ${policy.document}`);
  return document.statement.flatMap(ofBlock);
}

/** A statement of IAM's JSON. */
function ofStatement({ Sid: _, Effect, Action, Resource, Condition = {}, ...rest }: Json): string[] {
  refuse(Object.keys(rest));
  const conditions = Object.entries<Json>(Condition).flatMap(([test, variables]) =>
    Object.entries<Json>(variables).flatMap(([variable, values]) => conditionText(test, variable, [values].flat())),
  );
  return grants({ effect: Effect, actions: [Action].flat(), resources: [Resource].flat(), principals: [], conditions });
}

/** A `statement` block of Terraform's data source. */
function ofBlock({ sid: _, effect, actions, resources, principals, condition, ...rest }: Json): string[] {
  refuse(Object.keys(rest).filter((key) => rest[key]?.length > 0));
  return grants({
    effect: effect ?? "Allow",
    actions,
    resources: resources ?? [],
    principals: principals.flatMap(({ type, identifiers }: Json) => identifiers.map((id: string) => `${type} ${id}`)),
    conditions: condition.flatMap(({ test, variable, values }: Json) => conditionText(test, variable, values)),
  });
}

interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principals: readonly string[];
  readonly conditions: readonly string[];
}

function grants({ effect, actions, resources, principals, conditions }: Statement): string[] {
  const onlyIf = conditions.length > 0 ? ` if ${[...conditions].sort().join(" and ")}` : "";
  return actions.flatMap((action) =>
    orNone(resources, "on").flatMap((on) =>
      orNone(principals, "to").map((to) => `${effect} ${action}${on}${to}${onlyIf}`),
    ),
  );
}

function orNone(texts: readonly string[], before: string): string[] {
  return texts.length > 0 ? texts.map((text) => ` ${before} ${text}`) : [""];
}

/** The text of a condition; none of one that always holds, which stands for none where Terraform chooses. */
function conditionText(test: string, variable: string, values: readonly string[]): string[] {
  if (test === "StringLikeIfExists" && values.includes("*")) return [];
  return [`${test} ${variable} ${[...values].sort().join(" or ")}`];
}

function refuse(keys: readonly string[]): void {
  if (keys.length > 0) throw new Error(`a statement has ${keys.join(", ")}, which are not compared`);
}
