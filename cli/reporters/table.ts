/** A report as text and tables, for a terminal. */
import { printable, printableLine } from "../../common/print";
import { describeIssue } from "../../modules";
import type { Block, Report } from "../report";
import { cut, tableOf } from "../../common/table";

export function table({ blocks }: Report): string {
  // What belongs to the block before it follows without a blank line.
  const separator = ({ kind }: Block, index: number) =>
    index === 0 ? "" : kind === "heading" || kind === "paragraph" ? "\n\n" : "\n";
  return blocks.map((block, index) => separator(block, index) + textOf(block)).join("");
}

function textOf(block: Block): string {
  switch (block.kind) {
    case "heading":
    case "paragraph":
      return printableLine(block.text);
    case "list":
      return block.items.map((item) => `  - ${printableLine(item)}`).join("\n");
    case "issues":
      return block.issues.map((issue) => printable(describeIssue(issue))).join("\n");
    case "code":
      return printable(block.text);
    case "table": {
      const { columns, rows } = block;
      const table = tableOf(
        columns.map(({ title }) => title),
        columns.map(({ align }) => align ?? "left"),
      );
      table.push(...rows.map((row) => row.map((cell, index) => cut(printableLine(cell), columns[index]?.width))));
      return table.toString();
    }
  }
}
