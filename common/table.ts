/** Tables on a terminal, and counted things in its sentences. */
import Table from "cli-table3";

/** A table without lines between its rows. */
export function tableOf(head: string[], colAligns?: ("left" | "right")[]): InstanceType<typeof Table> {
  const noRules = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };
  return new Table({ head, style: { head: [], border: [] }, chars: noRules, ...(colAligns && { colAligns }) });
}

/** Such as `1 record`, `1,000 records`. */
export function counted(number: number, noun: string, nouns = `${noun}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : nouns}`;
}

/** A text that fits a cell. */
export function cut(text: string, width = Infinity): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
