/** Makes a rollout of the bytes of its file, or says everything that is wrong with it. */
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { issuesOf } from "../settings/issue";
import { type RolloutDocument, rolloutSchema } from "../settings/rollout";
import { validSubset } from "../settings/valid-subset";
import { crossChecks } from "./cross-checks";
import { decodeRollout } from "./decode";
import { inOrder, formatIssue, type PlacedIssue, RolloutError } from "./rollout-error";
import { KnownKeys } from "./known-keys";
import { SourceText } from "./source-text";
import type { Rollout } from "./targets";
import { YamlSource } from "./yaml-source";

/** Of a file with more characters, the first part is checked first: YAML takes seconds for each million. */
const LARGE = 2 ** 20;
const FIRST_PART = 2 ** 18;
/** With so many issues in the first part, the others can wait. */
const ENOUGH_ISSUES = 20;

/**
 * Parses a rollout file.
 *
 * @param content YAML 1.2 or JSON in UTF-8
 * @param file path of the file, for the issues, and for what is relative to it
 * @throws RolloutError with every issue, at its position
 */
export function parseRollout(content: string | Uint8Array, file: string): Rollout {
  const text = decodeRollout(content, file);
  if (text.length > LARGE) refuseFirstPart(text, file);
  const source = new SourceText(text, file);
  const { document, issues } = check(source);
  const warnings = issues.filter(({ severity }) => severity === "warning");
  if (issues.length > warnings.length || !document) throw new RolloutError(issues, source);
  return {
    ...document,
    directory: dirname(resolve(file)),
    warnings: warnings.map(({ severity: _, ...warning }) => formatIssue(warning, source)),
  };
}

/** Ends with the issues of the first lines, if these are many. */
function refuseFirstPart(text: string, file: string): void {
  const end = text.lastIndexOf("\n", FIRST_PART);
  if (end < 0) return;
  const source = new SourceText(text.slice(0, end), file);
  const { issues } = check(source);
  if (issues.length > ENOUGH_ISSUES) throw new RolloutError(issues, source, source.position(end).line);
}

/** Checks each value, and then, on what is valid, the values against each other. */
function check(text: SourceText): { document?: RolloutDocument; issues: PlacedIssue[] } {
  const source = new YamlSource(text);
  if (!source.content) return { issues: inOrder(source.issues) };
  const raw = source.content.value;
  const parsed = parseWithWarnings(rolloutSchema, raw);
  const written = issuesOf(parsed.issues, { value: raw, writtenAs: (path) => source.writtenAs(path) });
  const knownKeys = new KnownKeys(rolloutSchema);
  const issues = written.map((issue) => knownKeys.locate(issue));
  const errors = issues.filter(({ severity, id }) => severity !== "warning" && id !== "unknown-key");
  const valid = validSubset<RolloutDocument>(
    raw,
    errors.map(({ path }) => path),
  );
  const found = [...issues, ...(valid ? crossChecks(valid) : [])];
  return { document: parsed.value, issues: inOrder([...source.issues, ...source.locate(found)]) };
}

/** As `safeParse`, which gives no value where there are but warnings. */
function parseWithWarnings<T>(schema: z.ZodType<T>, raw: unknown): { value: T; issues: z.core.$ZodIssue[] } {
  const context = { async: false };
  const { value, issues } = schema._zod.run({ value: raw, issues: [] }, context) as z.core.ParsePayload<T>;
  return { value, issues: issues.map((issue) => z.core.util.finalizeIssue(issue, context, z.core.config())) };
}
