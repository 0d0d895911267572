/** What a run came to, for people and for programs. */
import { relative } from "node:path";
import Table from "cli-table3";
import { displayJson } from "../common/json-display";
import type { RecordSample } from "./delivery-stream";
import type { RunResult } from "./run";

/** Everything that makes a run a failure: a record unaccounted for, or a broken contract. */
export function problemsOf(result: RunResult): string[] {
  const { lost, refusedAsTooLarge, repeatedEvents, violations } = result;
  const problems: string[] = [];
  if (lost > 0) problems.push(`${count(lost, "record")} lost.`);
  if (refusedAsTooLarge > 0)
    problems.push(
      `The endpoint answered 413 to ${count(refusedAsTooLarge, "record")}: Firehose neither retries nor keeps them. Lower the buffering size.`,
    );
  if (lost < 0) problems.push(`${count(-lost, "record")} more came out than went in.`);
  if (repeatedEvents > 0) problems.push(`${count(repeatedEvents, "event")} delivered with the id of another.`);
  for (const [rule, times] of Object.entries(violations))
    problems.push(`Broken contract, ${count(times, "request")}: ${rule}.`);
  return problems;
}

/** What the reader may want to know of a run that went as it should. */
export function hintsOf({ failedByReason }: RunResult): string[] {
  const { "too-old": old = 0 } = failedByReason;
  return old === 0
    ? []
    : [
        `${count(old, "event")} failed as too-old: Moesif refuses calls older than 30 days. Give a log that is newer, ` +
          "or leave --input out for the sample, whose calls are given times of today.",
      ];
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** The report as JSON: the fields of the result in their order, but for the sample. */
export function reportJson(result: RunResult): string {
  const { sample: _, ...figures } = result;
  return `${JSON.stringify(figures, undefined, 2)}\n`;
}

/** The closing table. */
export function reportTable(result: RunResult, terraformDirectory: string): string {
  const noRules = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };
  const table = new Table({ colAligns: ["left", "right"], style: { head: [], border: [] }, chars: noRules });
  const figure = (name: string, value: number): unknown => table.push([name, value.toLocaleString("en")]);
  figure("records in", result.recordsIn);
  if (result.putBack > 0) figure("put back by the transformer", result.putBack);
  figure("delivered", result.delivered);
  figure("dropped", result.dropped);
  for (const [reason, records] of Object.entries(result.droppedByReason)) figure(`  ${reason}`, records);
  figure("failed, kept in the backup bucket", result.failed);
  for (const [code, records] of Object.entries(result.failures)) figure(`  ${code}`, records);
  for (const [reason, events] of Object.entries(result.failedByReason)) figure(`    ${reason}`, events);
  figure("lost", result.lost);
  figure("requests", result.requests);
  figure("bytes sent", result.bytesSent);
  figure("seconds", result.seconds);
  const places: [string, string][] = [
    ["Terraform JSON", terraformDirectory],
    ["backup bucket", result.backupDirectory],
    ["log of the transformer", result.transformerLog],
  ];
  const lines = places.map(([name, path]) => `${name.padEnd(24)}${relative(process.cwd(), path) || "."}`);
  return [table.toString(), ...lines].join("\n");
}

/** One record before and after the transformer, with the lines that went and those that came marked. */
export function sampleText({ before, after }: RecordSample): string {
  const beforeLines = displayJson(before).split("\n");
  const afterLines = displayJson(after).split("\n");
  return [
    "One record as API Gateway writes it:",
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
