/** Limits of single values, and the zod types that sections of settings are made of. */
import { z } from "zod";
import { isObject } from "../../common/json";
import type { JsonValue, Metadata } from "../../lambda/transformer/settings";

/** A number between two bounds, both included. */
export interface NumberLimit {
  readonly kind: "number";
  readonly min: number;
  readonly max: number;
  /** Whole numbers only. */
  readonly integer: boolean;
  readonly unit: string;
  /** Why, and the page behind it. */
  readonly because: string;
}

/** A string of a certain form. */
export interface TextLimit {
  readonly kind: "text";
  readonly pattern: string;
  readonly expects: string;
  readonly because: string;
}

/** One of a few values. */
export interface ChoiceLimit {
  readonly kind: "choice";
  readonly choices: readonly (string | number)[];
  readonly because: string;
}

export type Limit = NumberLimit | TextLimit | ChoiceLimit;

type ValueOf<L extends Limit> = L extends { kind: "number" }
  ? number
  : L extends { kind: "text" }
    ? string
    : L extends { kind: "choice"; choices: readonly (infer C)[] }
      ? C
      : never;

export function wholeNumber(min: number, max: number, unit: string, because: string): NumberLimit {
  return { kind: "number", min, max, integer: true, unit, because };
}

export function decimal(min: number, max: number, unit: string, because: string): NumberLimit {
  return { kind: "number", min, max, integer: false, unit, because };
}

export function text(pattern: string, expects: string, because: string): TextLimit {
  return { kind: "text", pattern, expects, because };
}

export function choice<const T extends string | number>(choices: readonly T[], because: string) {
  return { kind: "choice" as const, choices, because };
}

/** What a limit expects: `a whole number from 1 to 35 (MB)`. */
export function expectation(limit: Limit): string {
  switch (limit.kind) {
    case "number":
      return `a ${limit.integer ? "whole " : ""}number from ${limit.min} to ${limit.max} (${limit.unit})`;
    case "text":
      return limit.expects;
    case "choice":
      return `one of ${limit.choices.join(", ")}`;
  }
}

function reason({ because }: Limit): string {
  return because.startsWith("https://") ? `see ${because}` : because;
}

function typeOf(limit: Limit): z.ZodType {
  const error = () => `write ${expectation(limit)}; ${reason(limit)}`;
  switch (limit.kind) {
    case "number": {
      const number = z.number({ error }).min(limit.min, { error }).max(limit.max, { error });
      return limit.integer ? number.int({ error }) : number;
    }
    case "text":
      return z.string({ error }).regex(new RegExp(limit.pattern), { error });
    case "choice":
      return z.literal([...limit.choices], { error });
  }
}

/** A limit in words, for the tables that are made of the JSON Schema. */
function inWords(limit: Limit): { expects: string; because: string } {
  return { expects: expectation(limit), because: reason(limit) };
}

/** Each is made once: to make one takes longer than to check a value. */
const types = new WeakMap<Limit, z.ZodType>();

/** The zod type of a limit. Its bounds appear in the JSON Schema, and its message is the fix. */
export function valueOf<L extends Limit>(limit: L): z.ZodType<ValueOf<L>> {
  const type = types.get(limit) ?? typeOf(limit).meta(inWords(limit));
  types.set(limit, type);
  return type as z.ZodType<ValueOf<L>>;
}

/** A required key. */
export function required<L extends Limit>(limit: L, meaning: string): z.ZodType<ValueOf<L>> {
  return valueOf(limit).meta({ ...about(`${meaning} (${reason(limit)})`), ...inWords(limit) });
}

/**
 * An optional key.
 *
 * @param meaning what it decides, as a sentence
 * @param otherwise its default, which the constructs fill in
 */
export function setting<L extends Limit>(
  limit: L,
  meaning: string,
  otherwise?: JsonValue,
): z.ZodOptional<z.ZodType<ValueOf<L>>> {
  return valueOf(limit)
    .optional()
    .meta({ ...about(`${meaning} (${reason(limit)})`, otherwise), ...inWords(limit) });
}

/** An optional key that is true or false. */
export function flag(meaning: string, otherwise?: boolean): z.ZodOptional<z.ZodBoolean> {
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
  const error = () => `write a list of ${of}${least > 0 ? ", with at least one" : ""}`;
  const any = z.array(element, { error });
  return least > 0 ? any.min(least, { error }) : any;
}

/** A list with a maximum number of elements. */
export function atMost<T extends z.ZodArray>(elements: T, most: number): T {
  return elements.max(most, { error: () => `keep at most ${most}` });
}

/**
 * A map of free names to strings, each with a limit.
 *
 * @param most what editors know of the maximum: it is for all scopes together, and is checked after they are merged
 */
export function texts(name: TextLimit, value: TextLimit, most: number) {
  return z
    .record(valueOf(name), valueOf(value), { error: () => "write a map of names and strings" })
    .meta({ maxProperties: most });
}

/** A map of free names to any JSON. What JSON cannot hold exactly is refused. */
export const metadata: z.ZodType<Metadata> = z.record(
  z.string(),
  z.unknown().superRefine((value, context) => {
    const params = { id: "inexact-number", fix: "write it as a string, in quotes" };
    for (const path of inexactNumbers(value)) {
      context.addIssue({ code: "custom", path, message: "JSON cannot hold this number exactly", params });
    }
  }),
  { error: () => "write a map of names and JSON values" },
) as unknown as z.ZodType<Metadata>;

/** Paths of the numbers in a value that JSON has no form for, or that many readers would round. */
function inexactNumbers(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value === "number") {
    const isExact = Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value));
    return isExact ? [] : [path];
  }
  if (Array.isArray(value)) return value.flatMap((element, index) => inexactNumbers(element, [...path, index]));
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, element]) => inexactNumbers(element, [...path, key]));
  }
  return [];
}

/** An object that has exactly one of some keys, as a union that the compiler can tell apart. */
export type ExactlyOne<T, K extends keyof T> = {
  [P in K]-?: Omit<T, K> & { [Q in P]: NonNullable<T[Q]> } & { [Q in Exclude<K, P>]?: undefined };
}[K];

/** Requires exactly one of some keys of a map. */
export function exactlyOne<S extends z.ZodRawShape, K extends keyof z.output<z.ZodObject<S>>>(
  map: z.ZodObject<S, z.core.$strict>,
  ...keys: K[]
): z.ZodType<ExactlyOne<z.output<z.ZodObject<S>>, K>> {
  const checked = map.refine(
    (value) => keys.filter((key) => (value as Record<PropertyKey, unknown>)[key] !== undefined).length === 1,
    {
      error: () => `expected exactly one of ${keys.join(", ")}`,
      params: { id: "exactly-one", fix: `write only one of ${keys.join(", ")}` },
      // Also where another key of the map is wrong: every issue is reported at once.
      when: ({ value }) => isObject(value),
    },
  );
  return checked.meta({ oneOf: keys.map((key) => ({ required: [key] })) }) as never;
}
