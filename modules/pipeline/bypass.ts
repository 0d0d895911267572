/** Records that bypass the transformer leave as API Gateway wrote them: which settings nobody obeys then. */
import type { IResolvable } from "../cdk";
import type { ValueChecks } from "../value-checks";

/** Settings that only the transformer obeys, and that somebody relies on. */
const RELIED_ON = ["redaction", "filter", "sampling", "identity", "hashKey"] as const;

export type ReliedOn = (typeof RELIED_ON)[number];

/** Those that are set: an empty list or section asks for nothing. */
export function reliedOn(settings: { readonly [key in ReliedOn]?: unknown }): ReliedOn[] {
  return RELIED_ON.filter((key) => asksForSomething(settings[key]));
}

/** Whether a setting is given, and not empty. */
export function asksForSomething(setting: unknown): boolean {
  return Object.keys(Object(setting)).length > 0;
}

/** Refuses a bypass that would silently switch off what is set. */
export function checkNothingBypassed(enabled: boolean | IResolvable, set: readonly ReliedOn[], checks: ValueChecks) {
  if (enabled === true || set.length === 0) return;
  const problem =
    `transformer.enabled must be true with ${set.join(", ")}, which the transformer alone obeys: take that out, ` +
    "or keep the transformer, whose passThrough turns off everything but the redaction";
  if (enabled === false) checks.refuse(problem);
  else checks.require(enabled, `${problem}.`);
}
