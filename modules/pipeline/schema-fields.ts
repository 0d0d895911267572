/** Makes the types of the settings document's schema out of rules. */
import { z } from "zod";
import { type IResolvable, Token } from "../cdk";
import { accepts, expectation, type Rule } from "../rules";
import { patternRefusal, type PatternUse, type Refusal } from "./pattern-rules";

/** What another type says, unless the value is a token. A union would not tell what is wrong within. */
export function orToken<T>(type: z.ZodType<T>): z.ZodType<T | IResolvable> {
  const checked = z.unknown().superRefine((given, context) => {
    const { error } = Token.isUnresolved(given) ? {} : type.safeParse(given);
    for (const { path, message } of error?.issues ?? []) context.addIssue({ code: "custom", path: [...path], message });
  });
  return checked as unknown as z.ZodType<T | IResolvable>;
}

function must(rule: Rule): string {
  return `must be ${expectation(rule)} (${rule.because})`;
}

/** A text that must be a literal. */
export function literal(rule: Rule & { kind: "text" }): z.ZodType<string> {
  return z.string().refine((text) => !Token.isUnresolved(text) && accepts(rule, text), must(rule));
}

/** A text that obeys a rule, or a token, which is passed unchecked. */
export function value(rule: Rule & { kind: "text" }): z.ZodType<string> {
  return z.string().refine((text) => Token.isUnresolved(text) || accepts(rule, text), must(rule));
}

/** A list of texts. */
export function texts(rule: Rule & { kind: "text" }) {
  return orToken(z.array(value(rule), "must be a list of texts"));
}

/** A regular expression; one that Terraform puts in would not have been checked. */
export function pattern(use: PatternUse) {
  return z.string().superRefine((text, context) => {
    const refusal = Token.isUnresolved(text) ? NO_LITERAL : patternRefusal(text, use);
    if (refusal) context.addIssue({ code: "custom", message: `${refusal.problem}: ${refusal.fix}` });
  });
}

const NO_LITERAL: Refusal = {
  problem: "this pattern is a token",
  fix: "write a literal, which is checked before it is used",
};
