/** The figures of the bench, for people and for programs. */
import Table from "cli-table3";
import { median, type Round } from "./compare";
import type { Comparison } from "./comparisons";
import type { Memory } from "./memory";
import type { PackageImport } from "./package-import";
import type { StartUp } from "./start-up";
import type { SynthesisOfSize } from "./synth";

/** One figure. */
export interface Row {
  readonly name: string;
  /** What it is measured against. */
  readonly against: string;
  readonly value: number;
  /** What the value is: a ratio, milliseconds or mebibytes. */
  readonly unit: "ratio" | "ms" | "MiB";
  readonly limit?: number;
  /** Whether it is within its limit. */
  readonly ok?: boolean;
  /** How it came about. */
  readonly note: string;
}

/** A comparison's figure. */
export function comparisonRow({ name, reference, limit }: Comparison, rounds: readonly Round[], logs: number): Row {
  const ratio = median(rounds.map((round) => round.measured / round.reference));
  const microseconds = (median(rounds.map(({ measured }) => measured)) * 1000) / logs;
  const note = `${microseconds.toFixed(1)} µs a log; median of ${rounds.length} rounds`;
  return row(name, reference, ratio, "ratio", note, limit);
}

const MOST_START_UPS = 3;

/** The figures of a start-up. */
export function startUpRows({ cpuRatio, moreMs, transformer, empty, starts }: StartUp): Row[] {
  const noteOf = (of: keyof StartUp["transformer"]) =>
    `${transformer[of].toFixed(1)} to ${empty[of].toFixed(1)} ms; median of ${starts} pairs`;
  return [
    row("start-up, processor time", "an empty handler", cpuRatio, "ratio", noteOf("cpuMs"), MOST_START_UPS),
    row("first invocation, processor time", "nothing", transformer.invocationCpuMs, "ms", noteOf("invocationCpuMs")),
    row("start-up, time", "an empty handler", moreMs, "ms", noteOf("ms")),
  ];
}

const MOST_MEMORY = 128;

/** The figures of memory. */
export function memoryRows({ transformer, empty, invocations }: Memory): Row[] {
  const note = `${invocations} batches of 6 MB`;
  return [
    row("memory at its peak", "nothing", transformer.peak, "MiB", note, MOST_MEMORY),
    row("memory at its peak, more", "an empty handler", transformer.peak - empty.peak, "MiB", note),
    row("heap kept from batch to batch", "an empty handler", transformer.kept - empty.kept, "MiB", note),
  ];
}

const MOST_IMPORT_TIME = 1.5;
const MOST_IMPORT_MEMORY = 1.3;

/** The figures of importing the package. */
export function importRows({ imports, package: whole, needed }: PackageImport): Row[] {
  const against = "cdktf and the bindings that it uses";
  const note = (of: "cpuMs" | "mebibytes", unit: string) =>
    `${whole[of].toFixed(1)} to ${needed[of].toFixed(1)} ${unit}; median of ${imports} pairs`;
  const time = row(
    "importing the package, processor time",
    against,
    whole.cpuMs / needed.cpuMs,
    "ratio",
    note("cpuMs", "ms"),
    MOST_IMPORT_TIME,
  );
  const memory = row(
    "importing the package, memory",
    against,
    whole.mebibytes / needed.mebibytes,
    "ratio",
    note("mebibytes", "MiB"),
    MOST_IMPORT_MEMORY,
  );
  return [time, memory];
}

const MOST_SYNTH = 1.3;

/** The figures of synthesis, and whether it grows with the stacks: each stack more, of the last ones to the first. */
export function synthRows(sizes: readonly SynthesisOfSize[]): Row[] {
  const against = "a bare app with the same resources";
  const rows = sizes.flatMap(({ stacks, times, rollout, bare }) => {
    const note = (of: "cpuMs" | "mebibytes", unit: string) =>
      `${rollout[of].toFixed(0)} to ${bare[of].toFixed(0)} ${unit}; median of ${times}`;
    const ratio = (of: "cpuMs" | "mebibytes") => rollout[of] / bare[of];
    return [
      row(
        `synth of ${stacks} stacks, processor time`,
        against,
        ratio("cpuMs"),
        "ratio",
        note("cpuMs", "ms"),
        MOST_SYNTH,
      ),
      row(
        `synth of ${stacks} stacks, memory`,
        against,
        ratio("mebibytes"),
        "ratio",
        note("mebibytes", "MiB"),
        MOST_SYNTH,
      ),
    ];
  });
  const [few, some, many] = sizes as [SynthesisOfSize, SynthesisOfSize, SynthesisOfSize];
  const ofOne = (from: SynthesisOfSize, to: SynthesisOfSize) =>
    (to.rollout.cpuMs - from.rollout.cpuMs) / (to.stacks - from.stacks);
  const note = `${ofOne(some, many).toFixed(1)} to ${ofOne(few, some).toFixed(1)} ms a stack`;
  return [
    ...rows,
    row("one more stack, of many", "one more, of few", ofOne(some, many) / ofOne(few, some), "ratio", note, MOST_SYNTH),
  ];
}

function row(name: string, against: string, exact: number, unit: Row["unit"], note: string, limit?: number): Row {
  const value = Math.round(exact * 100) / 100;
  return { name, against, value, unit, ...(limit !== undefined && { limit, ok: value <= limit }), note };
}

/** All figures as a table. */
export function tableOf(rows: readonly Row[]): string {
  const table = new Table({
    head: ["measured", "against", "value", "limit", "", "how"],
    colAligns: ["left", "left", "right", "right", "left", "left"],
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const { name, against, value, unit, limit, ok, note } of rows) {
    const shown = unit === "ratio" ? value.toFixed(2) : `${value.toFixed(1)} ${unit}`;
    const verdict = ok === undefined ? "" : ok ? "ok" : "over";
    table.push([name, against, shown, limit === undefined ? "" : String(limit), verdict, note]);
  }
  return table.toString();
}
