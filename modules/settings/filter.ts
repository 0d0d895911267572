/** `filter`: which calls are sent at all. The first rule that matches decides. A scope replaces the list of another. */
import { z } from "zod";
import type { FieldMatch, FilterRule } from "../../lambda/transformer/settings";
import { pattern } from "./patterns";
import { recordKey } from "./record-keys";
import { about, atMost, exactlyOne, list, section, text, valueOf } from "./values";

/** Each rule is tried for every call until one matches. */
export const MAX_FILTER_RULES = 50;

export const filterLimits = {
  field: text(
    "^.{1,256}$",
    "a key of a record, or a path such as metadata.team or request.verb, of 1 to 256 characters",
    "calls are compared by it",
  ),
  value: text(
    "^(?!-$).{1,1024}$",
    "a string of 1 to 1024 characters on one line, and not '-'",
    "API Gateway writes '-' where there is no value, and no value matches nothing",
  ),
} as const;

/** A number stands for its digits: a status, as in `status: [500]`. */
const values = [valueOf(filterLimits.value), z.number()] as const;
const value = z.union(values, { error: () => `write ${filterLimits.value.expects}, or a number` });

const match = z.union(
  [
    ...values,
    list(value, "strings and numbers", 1),
    section({ pattern: pattern("search", "A pattern (RE2) that finds something in the field.") }),
  ],
  { error: () => "write a string, a number, a list of them, or a map with pattern" },
);

const matches = z
  .record(
    recordKey(
      z.string().regex(new RegExp(filterLimits.field.pattern), { error: () => `write ${filterLimits.field.expects}` }),
    ),
    match,
    { error: () => "write a map of fields and what each must be" },
  )
  .refine((fields) => Object.keys(fields).length > 0, {
    error: () => "the map is empty, and would match every call",
    params: { id: "empty-match", fix: "name at least one field" },
  })
  .meta({ minProperties: 1, expects: "a map of fields and what each must be: a string, one of a list, or a pattern" });

const rule = exactlyOne(
  section({
    drop: matches.optional().meta(about("Calls of which every field matches are dropped.")),
    keep: matches.optional().meta(about("Calls of which every field matches are kept, whatever a later rule says.")),
  }),
  "drop",
  "keep",
);

export const filterList = atMost(list(rule, "rules"), MAX_FILTER_RULES).meta({ expects: "a list of rules" });

/** What a field must be; a number stands for its digits. */
export type FieldMatchInput = FieldMatch | number | readonly (string | number)[];

/** A rule of the filter. Exactly one of the two. */
export type FilterRuleInput =
  | { readonly drop: { readonly [field: string]: FieldMatchInput }; readonly keep?: undefined }
  | { readonly keep: { readonly [field: string]: FieldMatchInput }; readonly drop?: undefined };

/** The filter as the settings document has it: strings only; `undefined` if it is empty. */
export function filterOf(rules: readonly FilterRuleInput[] | undefined): readonly FilterRule[] | undefined {
  if (!Array.isArray(rules) || rules.length === 0) return undefined;
  return rules.map(({ drop, keep }: FilterRuleInput) => (drop ? { drop: strings(drop) } : { keep: strings(keep!) }));
}

function strings(fields: { readonly [field: string]: FieldMatchInput }): { [field: string]: FieldMatch } {
  const string = (one: string | number) => (typeof one === "number" ? String(one) : one);
  return Object.fromEntries(
    Object.entries(fields).map(([field, one]): [string, FieldMatch] => {
      if (Array.isArray(one)) return [field, one.map(string)];
      return [field, typeof one === "number" ? string(one) : (one as FieldMatch)];
    }),
  );
}
