/** Tables of Markdown. */

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
