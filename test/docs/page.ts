/** A guide as a reader goes through it: its code blocks, by the heading that they stand under. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/rollout";

export interface Block {
  readonly heading: string;
  readonly language: string;
  readonly text: string;
}

/** The sections that are gone through with the plain module. */
export const OF_THE_MODULE: readonly string[] = [
  "Deploy the module",
  "Switch the stages by modules",
  "Check the plan",
  "Uninstall the Terraform module",
];

/** The code blocks of a page, in order, without the indentation of a list that they stand in. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  let heading = "";
  let open: { readonly indent: number; readonly language: string; readonly lines: string[] } | undefined;
  for (const line of readFileSync(join(ROOT, page), "utf8").split("\n")) {
    const [, indent = "", language] = /^( *)```(\w*)$/.exec(line) ?? [];
    if (open === undefined) {
      heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
      if (language !== undefined) open = { indent: indent.length, language, lines: [] };
    } else if (language === undefined) {
      open.lines.push(line.slice(open.indent));
    } else {
      blocks.push({ heading, language: open.language, text: open.lines.join("\n") });
      open = undefined;
    }
  }
  return blocks;
}
