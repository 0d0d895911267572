/** The schema of the identity rules in the transformer's settings document. */
import { z } from "zod";
import type { IdentitySettings } from "../../lambda/transformer/settings";
import { identityRules, MOST_IDENTITY_RULES } from "./identity-rules";
import { orToken, pattern, spelt, value } from "./schema-fields";

const map = orToken(
  z
    .record(value(identityRules.mappedValue), value(identityRules.identity), "must be a map of values to ids")
    .refine((entries) => Object.keys(entries).length > 0, "must map one value at least: without map, values are ids"),
) as z.ZodType<Record<string, string>>;

const source = z
  .strictObject({
    from: spelt(value(identityRules.field)).optional(),
    template: value(identityRules.template).optional(),
    extract: pattern("extract").optional(),
    lowerCase: z.boolean().optional(),
    map: map.optional(),
  })
  .refine(
    ({ from, template }) => (from === undefined) !== (template === undefined),
    "must have exactly one of from and template",
  );

const rules = z
  .array(z.union([spelt(value(identityRules.field)), source], "must be a key, a path, or a map with from or template"))
  .min(1, "must hold one rule at least: leave it out for the default")
  .max(MOST_IDENTITY_RULES);

/** A literal, but for its texts and maps: patterns are checked here. */
export const identitySchema: z.ZodType<IdentitySettings> = z.strictObject({
  user: rules.optional(),
  company: rules.optional(),
  subscription: rules.optional(),
  sessionToken: rules.optional(),
});
