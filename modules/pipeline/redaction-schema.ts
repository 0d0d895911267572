/** The schema of the redaction in the transformer's settings document. */
import { z } from "zod";
import type { RedactionSettings } from "../../lambda/transformer/settings";
import { accepts, expectation, type TextRule } from "../rules";
import { maskPatternProblem, MOST_MASKS, redactionRules } from "./redaction-rules";

function textOf(rule: TextRule) {
  return z.string().refine((text) => accepts(rule, text), `must be ${expectation(rule)} (${rule.because})`);
}

const pattern = z.string().superRefine((text, context) => {
  const found = maskPatternProblem(text);
  if (found) context.addIssue({ code: "custom", message: `${found.problem}: ${found.fix}` });
});

/** Literals alone: a pattern that Terraform puts in would not have been checked. */
export const redactionSchema: z.ZodType<RedactionSettings> = z.strictObject({
  fields: z
    .union(
      [
        z.strictObject({ keep: z.array(textOf(redactionRules.recordKey)) }),
        z.strictObject({ remove: z.array(textOf(redactionRules.removableKey)) }),
      ],
      { error: `must be either keep or remove, each a list of keys: ${expectation(redactionRules.removableKey)}` },
    )
    .optional(),
  mask: z
    .array(
      z.strictObject({
        pattern,
        fields: z.array(textOf(redactionRules.recordKey)).min(1).optional(),
        replacement: textOf(redactionRules.replacement).optional(),
      }),
    )
    .max(MOST_MASKS)
    .optional(),
  ip: z.enum(["keep", "truncate"]).optional(),
  path: z
    .strictObject({
      emails: z.enum(["mask", "keep"]).optional(),
      segmentsAfter: z.array(textOf(redactionRules.segment)).optional(),
      queryParameters: z.array(textOf(redactionRules.parameter)).optional(),
    })
    .optional(),
});
