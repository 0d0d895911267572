/** Makes the types of the settings document's schema out of rules. */
import { z } from "zod";
import { type IResolvable, Token } from "../cdk";
import { accepts, expectation, type Rule } from "../rules";
import { meantKey } from "./record-keys";
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

/** Refuses a key of a record that is misspelt. */
export function spelt(key: z.ZodType<string>): z.ZodType<string> {
  return key.superRefine((written, context) => {
    const meant = Token.isUnresolved(written) ? undefined : meantKey(written);
    if (meant === undefined) return;
    const message = `unknown key ${JSON.stringify(written)}; did you mean ${meant}?`;
    context.addIssue({ code: "custom", message });
  });
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
