/** The schema of the filter in the transformer's settings document. */
import { z } from "zod";
import type { FilterRule } from "../../lambda/transformer/settings";
import { filterRules, MOST_FILTER_RULES } from "./filter-rules";
import { literal, pattern, spelt } from "./schema-fields";

const match = z.union(
  [
    literal(filterRules.value),
    z.array(literal(filterRules.value)).min(1, "must hold one text at least"),
    z.strictObject({ pattern: pattern("search") }),
  ],
  "must be a text, a list of texts, or a map with pattern",
);

const matches = z
  .record(spelt(literal(filterRules.field)), match, "must be a map of fields and what each must be")
  .refine((fields) => Object.keys(fields).length > 0, "must name one field at least");

const rule = z
  .strictObject({ drop: matches.optional(), keep: matches.optional() })
  .refine(({ drop, keep }) => (drop === undefined) !== (keep === undefined), "must have exactly one of drop and keep");

/** Literals only. */
export const filterSchema = z.array(rule).max(MOST_FILTER_RULES) as z.ZodType<readonly FilterRule[]>;
