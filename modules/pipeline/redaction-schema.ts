/** The schema of the redaction in the transformer's settings document. */
import { z } from "zod";
import type { RedactionSettings } from "../../lambda/transformer/settings";
import { expectation } from "../rules";
import { hashedAndRemoved, MOST_MASKS, namesSecret, redactionRules, SECRET_EXPECTATION } from "./redaction-rules";
import { literal, pattern, spelt } from "./schema-fields";

/** Literals only: a pattern that is a token could not be checked. */
export const redactionSchema: z.ZodType<RedactionSettings> = z
  .strictObject({
    fields: z
      .union(
        [
          z.strictObject({ keep: z.array(spelt(literal(redactionRules.recordKey))) }),
          z.strictObject({ remove: z.array(spelt(literal(redactionRules.removableKey))) }),
        ],
        { error: `must be either keep or remove, each a list of keys: ${expectation(redactionRules.removableKey)}` },
      )
      .optional(),
    allow: z.array(z.string().refine(namesSecret, `must be ${SECRET_EXPECTATION}`)).optional(),
    mask: z
      .array(
        z.strictObject({
          pattern: pattern("mask"),
          fields: z
            .array(spelt(literal(redactionRules.recordKey)))
            .min(1)
            .optional(),
          replacement: literal(redactionRules.replacement).optional(),
        }),
      )
      .max(MOST_MASKS)
      .optional(),
    ip: z.enum(["keep", "truncate"]).optional(),
    path: z
      .strictObject({
        emails: z.enum(["mask", "keep"]).optional(),
        segmentsAfter: z.array(literal(redactionRules.segment)).optional(),
        queryParameters: z.array(literal(redactionRules.parameter)).optional(),
      })
      .optional(),
    hash: z.array(spelt(literal(redactionRules.hashableKey))).optional(),
  })
  .superRefine((redaction, context) => {
    for (const key of hashedAndRemoved(redaction)) {
      const message = `${key} is removed by fields.remove: take it out of the one list or the other`;
      context.addIssue({ code: "custom", path: ["hash", redaction.hash!.indexOf(key)], message });
    }
  });
