/** Parts of Markdown pages: tables, code, and files that a page shows. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** @param rows of cells, which may hold code in backticks */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows.map((row) => row.map(cell))];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

export function code(text: string): string {
  return `\`${text}\``;
}

/** A text in which nothing ends the cell or begins a tag of HTML, and where an address in brackets is a link. */
function cell(text: string): string {
  return (
    text
      .replaceAll(/\((?:see )?(https:\/\/[^\s)]+)\)/g, "([reference]($1))")
      .replaceAll("|", "\\|")
      // Within backticks Markdown shows it as it is.
      .replaceAll(/(`[^`]*`)|</g, (_, quoted?: string) => quoted ?? "&lt;")
  );
}

/** A page with the files that it shows brought up to date. Their paths start at the folder. */
export function withFiles(page: string, folder: string): string {
  return page.replace(/(<!-- file: (\S+) -->\n```\w*\n)[^]*?(?=```)/g, (_, head: string, path: string) =>
    head.concat(readFileSync(join(folder, path), "utf8")),
  );
}
