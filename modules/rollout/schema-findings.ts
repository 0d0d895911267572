/** Tells what the schema refuses in words that say what is written, and what would be right. */
import type { z } from "zod";
import type { Finding, Path } from "./mistakes";
import { nearest } from "../suggestion";

type Issue = z.core.$ZodIssue;

/**
 * One finding for each mistake against the schema.
 *
 * @param raw what the file says
 * @param writtenAs how a scalar is written, which for a number may differ from its value
 */
export function schemaFindings(
  issues: readonly Issue[],
  raw: unknown,
  writtenAs: (path: Path) => string | undefined,
): Finding[] {
  return issues.flatMap(meantIssues).flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(issue.path, key, issue.message));
    if (issue.code === "invalid_key") return [invalidKey(issue)];
    return [invalidValue(issue, at(raw, issue.path), writtenAs(issue.path))];
  });
}

/** The paths of the values that the schema refuses, as those to be taken out. */
export function refusedPaths(issues: readonly Issue[]): Path[] {
  return issues
    .flatMap(meantIssues)
    .filter(({ code }) => code !== "unrecognized_keys")
    .map(({ path }) => path);
}

/** Of what may be of several kinds, the issues of the kind that is written, if it is one of them. */
function meantIssues(issue: Issue): Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const [meant, ...others] = issue.errors.filter((issues) => !issues.some(isOtherKind));
  if (!meant || others.length > 0) return [issue];
  return meant.flatMap(meantIssues).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

function isOtherKind({ code, path }: Issue): boolean {
  return code === "invalid_type" && path.length === 0;
}

/** Whether a text would be of the right kind. */
function takesText(issue: Issue): boolean {
  if (issue.code === "invalid_union") return issue.errors.some(([first]) => first !== undefined && takesText(first));
  return issue.code === "invalid_type" && issue.expected === "string";
}

function at(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], raw);
}

function unknownKey(path: Path, key: string, known: string): Finding {
  const meant = nearest(key, known.split(", "));
  return {
    path: [...path, key],
    atKey: true,
    structural: true,
    problem: `unknown key '${key}'`,
    fix: `${meant ? `did you mean '${meant}'?` : "take it out;"} known here: ${known}`,
  };
}

function invalidKey(issue: Issue & { code: "invalid_key" }): Finding {
  const key = JSON.stringify(issue.path.at(-1));
  const fix = issue.issues[0]?.message ?? issue.message;
  return { path: issue.path, atKey: true, problem: `${key} is no name for this`, fix };
}

function invalidValue(issue: Issue, value: unknown, written: string | undefined): Finding {
  const { path, message: fix } = issue;
  const name = path.at(-1);
  if (value === undefined) return { path, structural: true, problem: `'${String(name)}' is missing`, fix };
  if (value === null) {
    return { path, structural: true, problem: name === undefined ? "the file is empty" : "is empty", fix };
  }
  if (typeof value !== "number" && typeof value !== "boolean") {
    return { path, problem: problemOf(issue, value, show(value)), fix };
  }
  const shown = written ?? String(value);
  return takesText(issue)
    ? { path, problem: `${shown} is ${kindOf(value)}, not text`, fix: `put it in quotes: "${shown}"` }
    : { path, problem: problemOf(issue, value, shown), fix };
}

function problemOf(issue: Issue, value: unknown, shown: string): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.expected === "int" ? `${shown} is no whole number` : `${shown} is ${kindOf(value)}`;
    case "too_small":
      return Array.isArray(value) ? "is an empty list" : `${shown} is too small`;
    case "too_big":
      return `${shown} is too large`;
    case "custom":
      return (issue.params?.["problem"] as string | undefined) ?? `${shown} is not allowed`;
    default:
      return `${shown} is not allowed`;
  }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "boolean") return "a boolean";
  return typeof value === "number" ? "a number" : "text";
}

const MOST_SHOWN = 120;

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
