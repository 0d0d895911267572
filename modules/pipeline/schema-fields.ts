/** Makes the types of the settings document's schema out of rules. */
import { z } from "zod";
import { type IResolvable, Token } from "../cdk";
import { accepts, expectation, type Rule } from "../rules";
import { patternRefusal, type Refusal } from "./pattern-rules";

/** What another type says, unless only Terraform knows the value. A union would not tell what is wrong within. */
export function orPlanTime<T>(type: z.ZodType<T>): z.ZodType<T | IResolvable> {
  const checked = z.unknown().superRefine((given, context) => {
    const { error } = Token.isUnresolved(given) ? {} : type.safeParse(given);
    for (const { path, message } of error?.issues ?? []) context.addIssue({ code: "custom", path: [...path], message });
  });
  return checked as unknown as z.ZodType<T | IResolvable>;
}

function must(rule: Rule): string {
  return `must be ${expectation(rule)} (${rule.because})`;
}

/** A text that must be known when the document is written. */
export function literal(rule: Rule & { kind: "text" }): z.ZodType<string> {
  return z.string().refine((text) => !Token.isUnresolved(text) && accepts(rule, text), must(rule));
}

/** A text that obeys a rule, or one that only Terraform knows and nobody checks. */
export function value(rule: Rule & { kind: "text" }): z.ZodType<string> {
  return z.string().refine((text) => Token.isUnresolved(text) || accepts(rule, text), must(rule));
}

/** True or false. */
export const flag = orPlanTime(z.boolean("must be true or false"));

/** A list of texts. */
export function texts(rule: Rule & { kind: "text" }) {
  return orPlanTime(z.array(value(rule), "must be a list of texts"));
}

/** A regular expression; one that Terraform puts in would not have been checked. */
export function pattern(refusalOf: (pattern: string) => Refusal | undefined = (text) => patternRefusal(text, "rule")) {
  return z.string().superRefine((text, context) => {
    const refusal = Token.isUnresolved(text) ? NO_LITERAL : refusalOf(text);
    if (refusal) context.addIssue({ code: "custom", message: `${refusal.problem}: ${refusal.fix}` });
  });
}

const NO_LITERAL: Refusal = {
  problem: "this pattern is a plan-time value",
  fix: "write a literal, which is checked before it is used",
};
