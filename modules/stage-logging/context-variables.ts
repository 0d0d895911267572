/** What an access log of one type of API can be told to hold: the `$context` variables that API Gateway lists for it. */

/** The API key itself: whoever reads the log could use it. */
export const SECRET_VARIABLE = "$context.identity.apiKey";

/** It brings quotes of its own, so that no JSON can hold it. */
export const QUOTED_MESSAGE = "$context.error.messageString";
export const PLAIN_MESSAGE = "$context.error.message";

/** Claims as a whole are always null: only a single claim can be logged. */
const ALL_CLAIMS = "$context.authorizer.claims";

/** The variables of one type of API. */
export interface ContextVariables {
  readonly names: ReadonlySet<string>;
  /** Families whose last part is free. */
  readonly families: readonly RegExp[];
  /** Of variables of other types: which one of this type has their meaning. */
  readonly instead: { readonly [variable: string]: string };
  /** What to do about a variable of other types that this one has nothing for. */
  readonly advice: readonly (readonly [RegExp, string])[];
}

/** Variables with a common beginning; the names are separated by spaces. */
export function below(prefix: string, names: string): string[] {
  return names.split(" ").map((name) => `$context.${prefix}${name}`);
}

/** Does a type of API have this variable? */
export function hasVariable({ names, families }: ContextVariables, variable: string): boolean {
  return variable !== ALL_CLAIMS && (names.has(variable) || families.some((family) => family.test(variable)));
}

/**
 * Every variable in a text, but for those of which only Terraform knows the end: of `$context`, in whatever capitals, and
 * of what API Gateway knows elsewhere, as in mapping templates.
 */
export function variablesIn(text: string): string[] {
  return (
    text.match(
      /\$(?:context|input|stageVariables|util|request|response)[^\s"'\\$,;|/()[\]{}<>]*(?!\$\{)(?![^\s"'\\$,;|/()[\]{}<>])/gi,
    ) ?? []
  );
}

/** Whether it is one of `$context`: an access log takes no other. */
export function isContextVariable(variable: string): boolean {
  return variable.startsWith("$context");
}
