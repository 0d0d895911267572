/** Measures a comparison, in a process that does nothing else: the compiled code is then as good as in a function. */
import { type Comparison, COMPARISONS, type Pair } from "./comparisons";
import { loadBundle } from "./bundle";
import type { Effort } from "./effort";
import { sampleRecords } from "./traffic";

/** Milliseconds of processor time for all records, in one round: the median of its passes. */
export interface Round {
  readonly reference: number;
  readonly measured: number;
}

/**
 * Measures the comparison of this name.
 *
 * Of processor time, with that of the collector's and the compiler's threads: other work on the machine does not count,
 * and a function with a part of a processor pays for all of it.
 */
export async function compare(name: string, { warmUps, rounds, passes }: Effort): Promise<readonly Round[]> {
  const comparison = COMPARISONS.find((one) => one.name === name) as Comparison;
  const pair = comparison.prepare(await loadBundle(), await sampleRecords());
  for (let pass = 0; pass < warmUps; pass++) {
    pair.reference();
    pair.measured();
  }
  const made: Round[] = [];
  while (made.length < rounds) made.push(await round(pair, passes, made.length % 2 === 0));
  return made;
}

/** Both take turns, a few passes through all records at a time. */
async function round(pair: Pair, passes: number, measuredFirst: boolean): Promise<Round> {
  const { Bench } = await import("tinybench");
  const bench = new Bench({ now: processorMs, iterations: passes, time: 0, warmup: false, throws: true });
  for (const name of measuredFirst ? (["measured", "reference"] as const) : (["reference", "measured"] as const)) {
    bench.add(name, pair[name]);
  }
  await bench.run();
  const msOf = (name: keyof Pair): number => {
    const { result } = bench.getTask(name)!;
    return "latency" in result ? result.latency.p50 : NaN;
  };
  return { reference: msOf("reference"), measured: msOf("measured") };
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
