/** A report as GitHub-flavoured Markdown, such as for a pull request: https://github.github.com/gfm/ */
import { printable, printableLine } from "../../common/print";
import { describeIssue } from "../../modules";
import type { Block, Column, Report } from "../report";

export function markdown({ blocks }: Report): string {
  return blocks.map(markdownOf).join("\n\n");
}

function markdownOf(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `## ${escaped(block.text)}`;
    case "paragraph":
      return escaped(block.text);
    case "list":
      return block.items.map((item) => `- ${escaped(item)}`).join("\n");
    case "issues":
      return block.issues.map((issue) => `- ${describeIssue(issue).split("\n").map(escaped).join("\n")}`).join("\n");
    case "code":
      return fenced(printable(block.text));
    case "table":
      return [
        rowOf(block.columns.map(({ title }) => title)),
        delimiterRow(block.columns),
        ...block.rows.map(rowOf),
      ].join("\n");
  }
}

/** Any ASCII punctuation may be escaped by a backslash: https://github.github.com/gfm/#backslash-escapes */
function inline(text: string): string {
  return printableLine(text).replace(/[\\`*_[\]<>|~&$]/g, "\\$&");
}

/** Text at the start of a line, where it could begin a block. */
function escaped(text: string): string {
  return inline(text)
    .replace(/^[-+=#]/, "\\$&")
    .replace(/^(\d+)([.)])/, "$1\\$2");
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.map(inline).join(" | ")} |`;
}

function delimiterRow(columns: readonly Column[]): string {
  return `| ${columns.map(({ align }) => (align === "right" ? "--:" : "---")).join(" | ")} |`;
}

/** The fence is longer than any run of backticks in the text: https://github.github.com/gfm/#fenced-code-blocks */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return [fence, text, fence].join("\n");
}
