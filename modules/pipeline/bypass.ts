/** Records that bypass the transformer leave as API Gateway wrote them: which settings nobody obeys then. */
import type { ValueChecks } from "../value-checks";
import { either, isFilled, not, type Whether } from "../whether";

/** Settings that only the transformer obeys, and that somebody relies on. */
const RELIED_ON = ["redaction", "filter", "sampling", "identity", "hashKey"] as const;

export type ReliedOn = (typeof RELIED_ON)[number];

/** Whether a setting is given, and not empty: an empty list or section asks for nothing. */
export const asksForSomething = isFilled;

/** Those that are set, or that Terraform may find to be. */
export function reliedOn(settings: { readonly [key in ReliedOn]?: unknown }): ReliedOn[] {
  return RELIED_ON.filter((key) => asksForSomething(settings[key]) !== false);
}

/**
 * Refuses a bypass that would silently switch off what is set.
 *
 * @param settings those that somebody may rely on
 * @param hashKey whether there is a key of hashes
 */
export function checkNothingBypassed(
  enabled: Whether,
  settings: { readonly [key in Exclude<ReliedOn, "hashKey">]?: unknown },
  hashKey: Whether,
  checks: ValueChecks,
): void {
  const answers = RELIED_ON.map((key) => ({ key, set: key === "hashKey" ? hashKey : isFilled(settings[key]) }));
  const certain = answers.filter(({ set }) => set === true);
  // What is set for certain decides alone, and is all that the message need name.
  const named = (certain.length > 0 ? certain : answers.filter(({ set }) => set !== false)).map(({ key }) => key);
  const anySet = answers.map(({ set }) => set).reduce(either);
  checks.demand(
    either(enabled, not(anySet)),
    `transformer.enabled must be true with ${named.join(", ")}, which the transformer alone obeys: take that out, ` +
      "or keep the transformer, whose passThrough turns off everything but the redaction",
  );
}
