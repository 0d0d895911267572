/** What a run came to, for people and for programs. */
import { relative } from "node:path";
import { printableJson } from "../common/print";
import { counted, tableOf } from "../common/table";
import type { Counts, RunResult, Tally } from "./account";
import type { EventSample } from "./event-sample";
import type { DeliveryPath } from "./feeds";

/** Everything that makes a run a failure: a record unaccounted for, or a broken contract. */
export function problemsOf(result: RunResult): string[] {
  const { lost, refusedAsTooLarge, repeatedEvents, violations, events } = result;
  const problems: string[] = [];
  if (lost > 0) problems.push(`${counted(lost, "record")} lost.`);
  if (refusedAsTooLarge > 0)
    problems.push(
      `The endpoint answered 413 to ${counted(refusedAsTooLarge, "record")}: Firehose neither retries nor keeps them. Lower the buffering size.`,
    );
  if (lost < 0) problems.push(`${counted(-lost, "record")} more came out than went in.`);
  // With a record, its events are lost as well.
  if (lost === 0 && events.lost > 0) problems.push(`${counted(events.lost, "event")} lost, though no record is.`);
  if (lost === 0 && events.lost < 0) problems.push(`${counted(-events.lost, "event")} more came out than went in.`);
  if (repeatedEvents > 0) problems.push(`${counted(repeatedEvents, "event")} delivered with the id of another.`);
  const twice = countedTwice(result);
  if (twice > 0)
    problems.push(`${counted(twice, "event")} delivered again without the same id: Moesif counts them twice.`);
  for (const [rule, times] of Object.entries(violations))
    problems.push(`Broken contract, ${counted(times, "request")}: ${rule}.`);
  return problems;
}

/** Line numbers that a hint names. */
const NAMED_LINES = 10;

/** What the reader may want to know of a run that went as it should. */
export function hintsOf({ failedByReason, linesTooLong }: RunResult): string[] {
  const hints: string[] = [];
  const { "too-old": old = 0 } = failedByReason;
  if (old > 0)
    hints.push(
      `${counted(old, "event")} failed as too-old: Moesif refuses calls older than 30 days. Give a log that is newer, ` +
        "or leave --input out for the sample, whose calls are given times of today.",
    );
  if (linesTooLong.length > 0)
    hints.push(
      `${counted(linesTooLong.length, "line")} not sent, longer than the 1,000 KiB that a record of Firehose can hold: ` +
        `line ${linesTooLong.slice(0, NAMED_LINES).join(", ")}${linesTooLong.length > NAMED_LINES ? " and more" : ""}.`,
    );
  return hints;
}

/** Says that no event reached Moesif; undefined where one did. */
export function nothingDelivered({ events }: RunResult): string | undefined {
  if (events.delivered > 0) return undefined;
  if (events.in === 0) return "Nothing was delivered: the input has no records.";
  return `Nothing was delivered: of ${counted(events.in, "event")}, ${events.failed.toLocaleString("en")} failed and ${events.dropped.toLocaleString("en")} dropped.`;
}

/** Moesif counts events with the same id once; what was delivered again must add none. */
function countedTwice({ events, distinctEvents = 0 }: RunResult): number {
  return Math.max(0, distinctEvents - events.delivered);
}

/** The report as JSON: the fields of the result in their order, but for the sample. */
export function reportJson(result: RunResult): string {
  const { sample: _, ...figures } = result;
  return `${JSON.stringify(figures, undefined, 2)}\n`;
}

/** What the table calls the delivery paths. */
const PATH_NAMES: Readonly<Record<DeliveryPath, string>> = {
  stream: "straight to the stream",
  "log-group": "through the log group",
};

/** The closing table. */
export function reportTable(result: RunResult, terraformDirectory: string): string {
  const table = tableOf(["", "records", "events"], ["left", "right", "right"]);
  const figure = (name: string, records?: number, events?: number): unknown =>
    table.push([name, ...[records, events].map((value) => value?.toLocaleString("en") ?? "")]);
  const deliveryPaths = Object.entries(result.deliveryPaths) as [DeliveryPath, Counts][];
  const figures = (name: string, key: keyof Tally): void => {
    const total = countsOf(result);
    figure(name, total.records[key], total.events[key]);
    if (deliveryPaths.length > 1 && (total.records[key] !== 0 || total.events[key] !== 0))
      for (const [deliveryPath, { records, events }] of deliveryPaths)
        figure(`  ${PATH_NAMES[deliveryPath]}`, records[key], events[key]);
  };
  figures("in", "in");
  if (result.putBack > 0) figures("put back by the transformer", "putBack");
  if (result.putBackRefused > 0) figure("  refused by the stream", result.putBackRefused);
  figures("delivered", "delivered");
  if (result.deliveredAgain.records > 0) {
    figure("  delivered again by Firehose", result.deliveredAgain.records, result.deliveredAgain.events);
    figure("  counted twice by Moesif", undefined, countedTwice(result));
  }
  figures("dropped", "dropped");
  // In a control message of CloudWatch Logs, there is no event.
  const { "control-message": controlMessages, ...dropped } = result.droppedByReason;
  if (controlMessages !== undefined) figure("  control-message", controlMessages);
  for (const [reason, events] of Object.entries(dropped)) figure(`  ${reason}`, undefined, events);
  const { length: tooLong } = result.linesTooLong;
  figures(tooLong > 0 ? "failed" : "failed, kept in the backup bucket", "failed");
  if (tooLong > 0) figure("  too long for a record, not sent", tooLong, tooLong);
  for (const [code, records] of Object.entries(result.failures)) figure(`  ${code}`, records);
  for (const [reason, events] of Object.entries(result.failedByReason)) figure(`    ${reason}`, undefined, events);
  figures("lost", "lost");
  const place = (path: string): string => relative(process.cwd(), path) || ".";
  const facts = {
    requests: result.requests.toLocaleString("en"),
    "bytes sent": result.bytesSent.toLocaleString("en"),
    seconds: result.seconds.toLocaleString("en"),
    "Terraform JSON": place(terraformDirectory),
    "backup bucket": place(result.backupDirectory),
    "log of the transformer": place(result.transformerLog),
  };
  const lines = Object.entries(facts).map(([name, fact]) => name.padEnd(24) + fact);
  return [table.toString(), ...lines].join("\n");
}

function countsOf({ recordsIn, putBack, delivered, dropped, failed, lost, events }: RunResult): Counts {
  return { records: { in: recordsIn, putBack, delivered, dropped, failed, lost }, events };
}

/** One event before and after the transformer, with the lines that went and those that came marked. */
export function sampleText({ before, after }: EventSample): string {
  const beforeLines = printableJson(before).split("\n");
  const afterLines = printableJson(after).split("\n");
  return [
    "One call as API Gateway writes it:",
    ...marked(beforeLines, "-", afterLines),
    "and as Moesif gets it:",
    ...marked(afterLines, "+", beforeLines),
  ].join("\n");
}

function marked(lines: readonly string[], mark: string, others: readonly string[]): string[] {
  const known = new Set(others.map(withoutComma));
  return lines.map((line) => `${known.has(withoutComma(line)) ? " " : mark} ${line}`);
}

function withoutComma(line: string): string {
  return line.replace(/,$/, "");
}
