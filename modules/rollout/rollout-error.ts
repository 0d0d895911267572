/** What the reader of a rollout file says: where, what is wrong, the line with a caret, and what to do. */
import { printableLine } from "../../common/print";
import { formatPath, type Issue } from "../settings/issue";
import type { SourceText } from "./source-text";

/** An issue at its position in a rollout file. */
export interface PlacedIssue extends Issue {
  /** As the caller named it. */
  readonly file: string;
  /** From 1. Of the value; of the key if the key is wrong; of the parent if a key is missing. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

const MOST_SHOWN = 20;

/** Thrown when a rollout file has issues. Prints as its message only, without a stack trace. */
export class RolloutError extends Error {
  /** Every issue, in the order of the file. */
  declare readonly issues: readonly PlacedIssue[];

  /**
   * @param text the file, for the lines of the issues
   * @param upTo the last line that was checked, if it is not the last of the file
   */
  constructor(issues: readonly PlacedIssue[], text?: SourceText, upTo?: number) {
    super(formatIssues(issues, text, upTo));
    Object.defineProperties(this, {
      name: { value: "RolloutError" },
      issues: { value: issues },
      stack: { value: this.message },
    });
  }
}

/** Formats the first issues, and says how many more there are. */
function formatIssues(issues: readonly PlacedIssue[], text?: SourceText, upTo?: number): string {
  const shown = issues.slice(0, MOST_SHOWN).map((issue) => formatIssue(issue, text));
  const more = issues.length - shown.length;
  const unchecked = upTo === undefined ? "" : ` up to line ${upTo}; what follows is not checked yet`;
  return [...shown, ...(more > 0 ? [`… and ${more} more${unchecked}`] : [])].join("\n");
}

/** Formats an issue as `file:line:column  path: message  [id]`, with its line, a caret and the fix. */
export function formatIssue(issue: PlacedIssue, text?: SourceText): string {
  const { file, line, column, path, message, id, fix, severity } = issue;
  const what = [severity, formatPath(path), message].filter((part) => part !== undefined && part !== "").join(": ");
  return [
    printableLine(`${file}:${line}:${column}  ${what}  [${id}]`),
    ...(text ? [text.snippet({ line, column })] : []),
    ...(fix === undefined ? [] : [`  fix: ${printableLine(fix)}`]),
  ].join("\n");
}

/** Sorts by position, and leaves out what is said already. */
export function inOrder(issues: readonly PlacedIssue[]): PlacedIssue[] {
  const keyOf = (issue: PlacedIssue) =>
    `${issue.line}:${issue.column} ${issue.id} ${formatPath(issue.path)} ${issue.message}`;
  const different = new Map(issues.map((issue) => [keyOf(issue), issue]));
  return [...different.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
