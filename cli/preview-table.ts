/** A preview as tables, for people. */
import { printableJson, printableLine } from "../common/print";
import type { PreviewedRecord } from "./previewed-record";
import { type Summary, summaryOf } from "./record-objects";
import { counted, cut, tableOf } from "./table";
import { type Total, Totals } from "./totals";

/** Characters that a cell shows of a value, where it has no width of its own. */
const WIDTH = 12;
/** Characters of those that have one. */
const WIDTHS: Readonly<Partial<Record<keyof Summary, number>>> = { path: 48, user: 24, company: 24 };

const CHANGED = "*";

/** A row for each record up to `limit`, the totals of all, and one delivered record in full. */
export async function tablesOf(records: AsyncIterable<PreviewedRecord>, limit: number): Promise<string> {
  const rows: PreviewedRecord[] = [];
  const totals = new Totals();
  let count = 0;
  let sample: PreviewedRecord | undefined;
  for await (const record of records) {
    count++;
    totals.add(record);
    if (rows.length < limit) rows.push(record);
    if (record.delivered.length > 0) sample ??= record;
  }
  const more = count - rows.length;
  return [
    ...(rows.length > 0 ? [recordsTable(rows)] : []),
    ...(more > 0 ? [`${counted(more, "record")} more are in the totals; --limit shows more of them.`] : []),
    totalsTable(totals.list()),
    ...(sample
      ? [`Line ${sample.line} as Moesif gets it:\n${printableJson(JSON.stringify(sample.delivered[0]))}`]
      : []),
  ].join("\n\n");
}

function recordsTable(records: readonly PreviewedRecord[]): string {
  const table = tableOf(["line", "result", "events", "verb", "path", "status", "user", "company", "weight"]);
  for (const record of records) {
    const { verb, path, status, user, company, weight } = cellsOf(record);
    table.push([String(record.line), endOf(record), String(record.events), verb, path, status, user, company, weight]);
  }
  return `${table.toString()}\n${CHANGED} set or changed by the transformer; of a record of several events, the first is shown`;
}

/** The values of the first event, marked where the transformer set or changed them. */
function cellsOf({ delivered, before }: PreviewedRecord): Summary {
  const [first] = delivered;
  const own = summaryOf(before[0]);
  const shown = first ? summaryOf(first) : own;
  // Without knowing each event as it was, nothing can be said of a change.
  const comparable = delivered.length > 0 && delivered.length === before.length;
  const cells = Object.entries(shown).map(([key, value]) => {
    const name = key as keyof Summary;
    const mark = comparable && value !== own[name] ? CHANGED : "";
    return [name, cut(printableLine(value), WIDTHS[name] ?? WIDTH) + mark];
  });
  return Object.fromEntries(cells) as Summary;
}

function endOf({ result, reason, repaired, dropped = {} }: PreviewedRecord): string {
  const partly = Object.entries(dropped).map(([why, number]) => `${number} dropped: ${why}`);
  const notes = [...(reason === undefined ? [] : [reason]), ...(repaired ? ["repaired"] : []), ...partly];
  return notes.length === 0 ? result : `${result}: ${notes.join(", ")}`;
}

function totalsTable(totals: readonly Total[]): string {
  const table = tableOf(["result", "reason", "records", "events"], ["left", "left", "right", "right"]);
  for (const { result, reason = "", records, events } of totals) {
    table.push([result, reason, records.toLocaleString("en"), events.toLocaleString("en")]);
  }
  return table.toString();
}
