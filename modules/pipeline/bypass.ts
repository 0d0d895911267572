/** Records that bypass the transformer are sent as API Gateway wrote them: the settings that would have no effect then. */
import type { ValueChecks } from "../value-checks";

/** Settings that are given and that only the transformer applies. */
const RELIED_ON = ["redaction", "filter", "sampling", "identity", "hashKey"] as const;

export type ReliedOn = (typeof RELIED_ON)[number];

/** Whether a setting is given, and not empty: an empty list or section asks for nothing. */
export function asksForSomething(setting: unknown): boolean {
  return Object.keys(Object(setting)).length > 0;
}

/** Those that are set. */
export function reliedOn(settings: { readonly [key in ReliedOn]?: unknown }): ReliedOn[] {
  return RELIED_ON.filter((key) => asksForSomething(settings[key]));
}

/** Refuses a bypass that would silently switch off what is set. */
export function checkNothingBypassed(
  enabled: boolean,
  settings: { readonly [key in ReliedOn]?: unknown },
  checks: ValueChecks,
): void {
  const named = reliedOn(settings);
  if (enabled || named.length === 0) return;
  checks.refuse(
    `transformer.enabled must be true with ${named.join(", ")}, which only the transformer applies: remove it, ` +
      "or keep the transformer, whose passThrough turns off everything but the redaction",
  );
}
