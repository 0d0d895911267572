/** The commands of the documents: those of their code blocks, and those that stand in a sentence. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/rollout";
import { blocksOf } from "./page";

export interface Commands {
  readonly page: string;
  readonly heading: string;
  /** In order; they share a shell. */
  readonly commands: readonly string[];
}

/** What begins a command in a sentence. */
const IN_TEXT = /`((?:npm|npx|node|cdktf|terraform|tofu|aws|git|gh) [^`]+)`/g;

const LANGUAGES = ["sh", "bash", "shell", "console"];
const FENCED = /^ *```[^]*?^ *```$/gm;

/** Pages that people read; of the changelog, nothing is to be typed. */
export const PAGES: readonly string[] = [
  ...pagesIn("."),
  ...pagesIn("docs"),
  ...pagesIn("docs/internals"),
  ...pagesIn("local/sample"),
  ...pagesIn("examples"),
  ...pagesIn("terraform"),
].filter((page) => page !== "CHANGELOG.md");

function pagesIn(folder: string): string[] {
  const recursive = folder === "examples" || folder === "terraform";
  const files = readdirSync(join(ROOT, folder), { recursive, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".md") && !file.includes(".terraform"))
    .map((file) => join(folder, file))
    .sort();
}

/** Blocks of commands, and commands in sentences one by one. */
export function documentedCommands(): Commands[] {
  return PAGES.flatMap((page) => {
    const blocks = blocksOf(page)
      .filter(({ language }) => LANGUAGES.includes(language))
      .map(({ heading, text }) => ({ page, heading, commands: commandsOf(text) }));
    const text = readFileSync(join(ROOT, page), "utf8").replaceAll(FENCED, "");
    const inText = [...text.matchAll(IN_TEXT)].map(([, command]) => ({ page, heading: "", commands: [command!] }));
    return [...blocks, ...inText];
  });
}

/** The commands of a script without its comments; one goes on for as many lines as the shell needs to understand it. */
export function commandsOf(script: string): string[] {
  const commands: string[] = [];
  let begun = "";
  for (const line of script.split("\n")) {
    const text = `${begun}${line}`;
    if (/^\s*(#|$)/.test(text)) continue;
    if (text.endsWith("\\") || !isWhole(text)) {
      begun = `${text}\n`;
    } else {
      commands.push(withoutComment(text));
      begun = "";
    }
  }
  if (begun !== "") throw new Error(`not a whole command: ${begun}`);
  return commands;
}

function withoutComment(command: string): string {
  const without = command.replace(/\s+#\s.*$/, "");
  return isWhole(without) ? without : command;
}

function isWhole(script: string): boolean {
  const filledIn = script.replaceAll(/<[\w ]+>/g, "name");
  return spawnSync("bash", ["-n", "-c", filledIn], { timeout: 5 * 60_000 }).status === 0;
}
