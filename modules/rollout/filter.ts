/** The `filter` of the settings: which calls are sent at all. */
import { z } from "zod";
import { filterRules, MOST_FILTER_RULES } from "../pipeline/filter-rules";
import { about, exactlyOne, list, regularExpression, section, spelt, valueOf } from "./fields";

const pattern = regularExpression("search", "A regular expression (RE2) that finds something in the field.");

const match = z.union(
  [valueOf(filterRules.value), list(valueOf(filterRules.value), "texts", 1), section({ pattern })],
  { error: () => "write a text, a list of texts, or a map with pattern" },
);

const matches = z
  .record(
    spelt(
      z.string().regex(new RegExp(filterRules.field.pattern), { error: () => `write ${filterRules.field.expects}` }),
    ),
    match,
    { error: () => "write a map of fields and what each must be" },
  )
  .refine((fields) => Object.keys(fields).length > 0, {
    error: () => "name one field at least: nothing would match every call",
    params: { problem: "is an empty map" },
  })
  .meta({ minProperties: 1, expects: "a map of fields and what each must be: a text, one of a list, or a pattern" });

const rule = exactlyOne(
  section({
    drop: matches.optional().meta(about("Calls of which every field matches are not sent.")),
    keep: matches.optional().meta(about("Calls of which every field matches are sent, whatever a later rule says.")),
  }),
  "drop",
  "keep",
);

/** The first rule that matches decides. */
export const filterList = list(rule, "rules")
  .max(MOST_FILTER_RULES, { error: () => `keep at most ${MOST_FILTER_RULES}` })
  .meta({ expects: "a list of rules" });
