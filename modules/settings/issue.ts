/** The one type for "something is wrong with the input", and the conversion of what a zod schema refuses into it. */
import type { z } from "zod";
import type { IssueId } from "./issue-ids";
import { nearest } from "./suggestion";

/** Keys and indices from the root of the input to a value. */
export type Path = readonly (string | number)[];

/** Something that is wrong with the input. */
export interface Issue {
  /** Stable id, such as `role-account`: a heading of docs/checks.md. */
  readonly id: IssueId;
  /** Of the value; of the key where the key is unknown, missing or invalid. Empty for the whole input. */
  readonly path: Path;
  /** What is wrong: `role belongs to account 222222222222, expected 111111111111`. */
  readonly message: string;
  /** What to do, imperative: `use a role of account 111111111111`. */
  readonly fix?: string;
  /** An error if left out. */
  readonly severity?: "warning";
}

/** What a refinement of a zod schema passes as `params`, with `message` and `path`. */
export type IssueParams = Pick<Issue, "id" | "fix" | "severity">;

type ZodIssue = z.core.$ZodIssue;

/** What was parsed. */
export interface Input {
  readonly value: unknown;
  /** How a scalar is written, which may differ from its value: `012` where the value is 12. */
  readonly writtenAs?: (path: Path) => string | undefined;
}

/** A path as JavaScript writes it: `accounts[0].regions[1].name`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}

/** An issue as text: `delivery.bufferSizeMb: 36 is too large  [too-large]`, and the fix on a second line. */
export function describeIssue({ id, path, message, fix }: Omit<Issue, "id"> & { readonly id: string }): string {
  const place = path.length > 0 ? `${formatPath(path)}: ` : "";
  return `${place}${message}  [${id}]${fix === undefined ? "" : `\n  fix: ${fix}`}`;
}

/** The value at a path. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}

/** Blanks that look like the one of the space bar, as text from a web page has them. */
const OTHER_BLANKS = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g;

/** A value as a message shows it: quoted, and cut if it is long. */
export function quoted(value: unknown): string {
  const text = (JSON.stringify(value) ?? String(value)).replace(
    OTHER_BLANKS,
    (blank) => `\\u${blank.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

const LONGEST_SHOWN = 120;

/**
 * Converts what a zod schema refuses.
 *
 * A refinement says all of it itself: `context.addIssue({ code: "custom", message, path, params: { id, fix, severity } })`.
 * For every other check, this says what is wrong and the schema's error message is the fix.
 */
export function issuesOf(issues: readonly ZodIssue[], input: Input): Issue[] {
  return issues.flatMap(relevantIssues).flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(issue, key));
    return [issue.code === "invalid_key" ? invalidKey(issue) : invalidValue(issue, input)];
  });
}

/** Of a value that may have several types, the issues of the type that it has, if it has one of them. */
function relevantIssues(issue: ZodIssue): ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const [relevant, ...others] = issue.errors.filter((errors) => !errors.some(isOtherType));
  if (!relevant || others.length > 0) return [issue];
  return relevant.flatMap(relevantIssues).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

function isOtherType({ code, path }: ZodIssue): boolean {
  return code === "invalid_type" && path.length === 0;
}

function takesString(issue: ZodIssue): boolean {
  if (issue.code === "invalid_union") {
    return issue.errors.some(([first]) => first !== undefined && takesString(first));
  }
  return issue.code === "invalid_type" && issue.expected === "string";
}

/** @param issue its message is the list of the known keys */
function unknownKey({ path, message: known }: ZodIssue, key: string): Issue {
  const meant = nearest(key, known.split(", "));
  return {
    id: "unknown-key",
    path: [...pathOf(path), key],
    message: `unknown key ${quoted(key)}`,
    fix: `${meant ? `did you mean ${quoted(meant)}?` : "remove it;"} known keys: ${known}`,
  };
}

function invalidKey({ path, issues: [first], message }: ZodIssue & { code: "invalid_key" }): Issue {
  const issue = { id: "invalid-key" as const, path: pathOf(path) };
  if (first?.code === "custom" && first.params?.["id"] !== undefined) {
    return { ...issue, message: first.message, ...(first.params as unknown as IssueParams) };
  }
  return { ...issue, message: `invalid key ${quoted(path.at(-1))}`, fix: first?.message ?? message };
}

function invalidValue(issue: ZodIssue, input: Input): Issue {
  const path = pathOf(issue.path);
  const value = valueAt(input.value, path);
  const fix = issue.message;
  if (issue.code === "custom" && issue.params?.["id"] !== undefined) {
    return { path, message: issue.message, ...(issue.params as unknown as IssueParams) };
  }
  if (value === undefined) {
    return { id: "missing-key", path, message: `required key ${quoted(path.at(-1))} is missing`, fix };
  }
  if (value === null) {
    return { id: "empty-value", path, message: path.length === 0 ? "the input is empty" : "the value is empty", fix };
  }
  const isScalar = typeof value === "number" || typeof value === "boolean";
  const shown = (isScalar ? input.writtenAs?.(path) : undefined) ?? quoted(value);
  if (isScalar && takesString(issue)) {
    const message = `${shown} is ${typeName(value)}, expected a string`;
    return { id: "invalid-type", path, message, fix: `put it in quotes: "${shown}"` };
  }
  return { path, fix, ...refusal(issue, value, shown) };
}

function refusal(issue: ZodIssue, value: unknown, shown: string): Omit<Issue, "path"> {
  const what = Array.isArray(value) ? "the list" : shown;
  switch (issue.code) {
    case "invalid_type":
      return issue.expected === "int"
        ? { id: "invalid-type", message: `${shown} is not a whole number` }
        : { id: "invalid-type", message: `${shown} is ${typeName(value)}` };
    case "too_small":
      return { id: "too-small", message: `${what} is ${Array.isArray(value) ? "empty" : "too small"}` };
    case "too_big":
      return { id: "too-large", message: `${what} is too ${typeof value === "string" ? "long" : "large"}` };
    case "invalid_value": {
      const meant = typeof value === "string" ? nearest(value, issue.values.map(String)) : undefined;
      const fix =
        meant === undefined || meant === value ? issue.message : `did you mean ${quoted(meant)}? ${issue.message}`;
      return { id: "invalid-value", message: `invalid value ${shown}`, fix };
    }
    case "custom": {
      // A refinement without an id: its message is the fix.
      const message = (issue.params?.["problem"] as string | undefined) ?? `invalid value ${shown}`;
      return { id: "invalid-value", message };
    }
    default:
      return { id: "invalid-value", message: `invalid value ${shown}` };
  }
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return `a ${typeof value}`;
}

/** YAML and JSON have no symbols as keys. */
function pathOf(path: readonly PropertyKey[]): Path {
  return path as Path;
}
