/** `npm run bench -- fuzz`: the run on the command line, its progress and what it came to. */
import { type Command, InvalidArgumentError } from "commander";
import { showProgress } from "../../local/progress";
import { loadBundle } from "../bundle";
import { type Broken, fuzz, type Fuzzed } from "./fuzz";

interface Options {
  readonly records: number;
  readonly seed: number;
}

/** Adds the sub-command. */
export function addFuzz(program: Command): void {
  program
    .command("fuzz")
    .description("Passes made-up records through the transformer: valid, damaged and malicious ones.")
    .option("--records <number>", "how many", wholeNumber, 1_000_000)
    .option("--seed <number>", "makes the same records again", wholeNumber, 1)
    .addHelpText("after", "\nExit codes: 0 no record broke a rule; 1 one did.")
    .action(run);
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give a whole number, such as 20000.");
}

async function run({ records, seed }: Options): Promise<void> {
  const transformer = await loadBundle();
  const progress = showProgress(process.stderr, "made-up records");
  const started = performance.now();
  const fuzzed = fuzz(transformer, { records, seed, onProgress: (done) => progress.update(records, done) });
  progress.stop();
  console.log(summaryOf(fuzzed, seed, (performance.now() - started) / 1000));
  for (const broken of fuzzed.broken) console.error(brokenText(broken, fuzzed.flaws.get(broken.flaw) ?? 0));
  if (fuzzed.broken.length > 0) process.exitCode = 1;
}

function summaryOf({ records, results, broken }: Fuzzed, seed: number, seconds: number): string {
  const rows = [...results].sort(([, a], [, b]) => b - a);
  const number = (value: number) => value.toLocaleString("en").padStart(11);
  return [
    ...rows.map(([result, count]) => `${number(count)}  ${result}`),
    `${number(records)}  records, seed ${seed}, ${seconds.toFixed(0)} s: ` +
      (broken.length === 0 ? "none broke a rule." : `${broken.length} rules broken.`),
  ].join("\n");
}

/** Of several, the smallest record is the most useful. */
function brokenText({ flaw, settings, kind, data }: Broken, count: number): string {
  const records = `${count} record${count === 1 ? "" : "s"}`;
  return `\nIt ${flaw}: ${records}. The smallest (${kind}; settings "${settings}"):\n${data}`;
}
