/** Makes zod types out of rules, so that a value has one definition for constructs, Terraform and the rollout file. */
import { z } from "zod";
import type { JsonValue, Metadata } from "../../lambda/transformer/settings";
import { LONGEST_PATTERN, patternRefusal, type PatternUse } from "../pipeline/pattern-rules";
import { meantKey } from "../pipeline/record-keys";
import { expectation, type Rule } from "../rules";

type ValueOf<R extends Rule> = R extends { kind: "number" }
  ? number
  : R extends { kind: "text" }
    ? string
    : R extends { kind: "choice"; choices: readonly (infer C)[] }
      ? C
      : never;

/** What would be right, as a reader of a mistake is told it. */
function remedy(rule: Rule): string {
  return `write ${expectation(rule)}; ${reason(rule)}`;
}

function reason({ because }: Rule): string {
  return because.startsWith("https://") ? `see ${because}` : because;
}

function typeOf(rule: Rule): z.ZodType {
  const error = () => remedy(rule);
  switch (rule.kind) {
    case "number": {
      const number = z.number({ error }).min(rule.min, { error }).max(rule.max, { error });
      return rule.integer ? number.int({ error }) : number;
    }
    case "text":
      return z.string({ error }).regex(new RegExp(rule.pattern), { error });
    case "choice":
      return z.literal([...rule.choices], { error });
  }
}

/**
 * The zod type of a rule: its bounds appear in the JSON Schema, and its message says what would be right, and why.
 */
export function valueOf<R extends Rule>(rule: R): z.ZodType<ValueOf<R>> {
  return typeOf(rule).meta(inWords(rule)) as z.ZodType<ValueOf<R>>;
}

/** What a rule says, for whoever makes something else of the JSON Schema. */
function inWords(rule: Rule): { expects: string; because: string } {
  return { expects: expectation(rule), because: reason(rule) };
}

/** A key that must be there. */
export function required<R extends Rule>(rule: R, meaning: string): z.ZodType<ValueOf<R>> {
  return valueOf(rule).meta({ ...about(`${meaning} (${reason(rule)})`), ...inWords(rule) });
}

/**
 * A key that may be left out.
 *
 * @param meaning what it decides, as a sentence
 * @param otherwise its default, which the constructs fill in; here it is told, not applied
 */
export function setting<R extends Rule>(
  rule: R,
  meaning: string,
  otherwise?: JsonValue,
): z.ZodOptional<z.ZodType<ValueOf<R>>> {
  return valueOf(rule)
    .optional()
    .meta({ ...about(`${meaning} (${reason(rule)})`, otherwise), ...inWords(rule) });
}

/** A key that is true or false, and may be left out. */
export function flag(meaning: string, otherwise: boolean): z.ZodOptional<z.ZodBoolean> {
  return z
    .boolean({ error: () => "write true or false" })
    .optional()
    .meta(about(meaning, otherwise));
}

/** Description and default of a key, as the JSON Schema carries them. */
export function about(description: string, otherwise?: JsonValue): { description: string; default?: JsonValue } {
  return { description, ...(otherwise !== undefined && { default: otherwise }) };
}

/**
 * A map with known keys; others are refused. The message of an unknown key is the list of the known ones, from which
 * the nearest is suggested.
 */
export function section<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? known : `write a map with keys out of ${known}`),
  });
}

/** A list with at least one element, or with any number. */
export function list<T extends z.ZodType>(element: T, of: string, least: 0 | 1 = 0): z.ZodArray<T> {
  const error = () => `write a list of ${of}${least > 0 ? ", with one at least" : ""}`;
  const any = z.array(element, { error });
  return least > 0 ? any.min(least, { error }) : any;
}

/** A regular expression that the function can use. */
export function regularExpression(use: PatternUse, meaning: string) {
  return z
    .string({ error: () => "write a regular expression, in single quotes" })
    .max(LONGEST_PATTERN, { error: () => `write at most ${LONGEST_PATTERN} characters` })
    .superRefine((text, context) => {
      const found = patternRefusal(text, use);
      if (found) context.addIssue({ code: "custom", message: found.fix, params: { problem: found.problem } });
    })
    .meta({
      ...about(`${meaning} See docs/privacy.md.`),
      expects: `a pattern of at most ${LONGEST_PATTERN} characters`,
      format: "regex",
    });
}

/** Refuses a key of a record that is misspelt. */
export function spelt<T extends z.ZodType<string | undefined>>(key: T): T {
  const checked = key.superRefine((written, context) => {
    const meant = written === undefined ? undefined : meantKey(written);
    if (meant === undefined) return;
    const params = { problem: `unknown key ${JSON.stringify(written)}` };
    context.addIssue({ code: "custom", message: `did you mean ${meant}?`, params });
  });
  return checked.meta({ ...key.meta() });
}

/**
 * A map of free names to texts, both of which obey a rule.
 *
 * @param most what editors know of the limit; it holds for the levels together, and is checked there
 */
export function texts(name: Rule & { kind: "text" }, value: Rule & { kind: "text" }, most: number) {
  return z
    .record(valueOf(name), valueOf(value), { error: () => "write a map of names and texts" })
    .meta({ maxProperties: most });
}

/** A map of free names to any JSON; what JSON cannot hold (or not exactly) is refused wherever it stands. */
export const metadata: z.ZodType<Metadata> = z.record(
  z.string(),
  z.unknown().superRefine((value, context) => {
    const message = "write it as text, in quotes: JSON cannot hold this number exactly";
    for (const path of inexactNumbers(value)) context.addIssue({ code: "custom", path, message });
  }),
  { error: () => "write a map of names and JSON values" },
) as unknown as z.ZodType<Metadata>;

/** Where in a value there are numbers that JSON has no form for, or that many readers would round. */
function inexactNumbers(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value === "number") {
    return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value)) ? [] : [path];
  }
  if (Array.isArray(value)) return value.flatMap((element, index) => inexactNumbers(element, [...path, index]));
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, element]) => inexactNumbers(element, [...path, key]));
  }
  return [];
}

/** An object of which exactly one of some keys is there, as a union that the compiler can tell apart. */
export type ExactlyOne<T, K extends keyof T> = {
  [P in K]-?: Omit<T, K> & { [Q in P]: NonNullable<T[Q]> } & { [Q in Exclude<K, P>]?: undefined };
}[K];

/** Asks that exactly one of some keys of a map is there. */
export function exactlyOne<S extends z.ZodRawShape, K extends keyof z.output<z.ZodObject<S>>>(
  map: z.ZodObject<S, z.core.$strict>,
  ...keys: K[]
): z.ZodType<ExactlyOne<z.output<z.ZodObject<S>>, K>> {
  const isMap = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  const checked = map.refine((value) => keys.filter((key) => key in value).length === 1, {
    error: () => `write one of ${keys.join(", ")}, and leave out the others`,
    params: { problem: `not exactly one of ${keys.join(", ")} is given` },
    // Also where another key of the map is wrong: every mistake is told at once.
    when: ({ value }) => isMap(value),
  });
  return checked.meta({ oneOf: keys.map((key) => ({ required: [key] })) }) as never;
}
