/** `npm run bench`: how fast the built transformer is, as ratios, and what importing the package costs; and a run of made-up records that must not harm it. */
import { Command } from "commander";
import { showProgress } from "../local/progress";
import { runNode } from "./child";
import { compare, type Round } from "./compare";
import { type Comparison, COMPARISONS } from "./comparisons";
import { FULL, QUICK } from "./effort";
import { addFaults } from "./faults/command";
import { addFuzz } from "./fuzz/command";
import { measureMemory } from "./memory";
import { measureImport } from "./package-import";
import { measureStartUp } from "./start-up";
import { measureSynth, synthesize } from "./synth";
import { addRedrive } from "./redrive";
import { comparisonRow, importRows, memoryRows, type Row, startUpRows, synthRows, tableOf } from "./table";
import { sampleRecords } from "./traffic";

interface Options {
  readonly quick?: boolean;
  readonly json?: boolean;
}

async function measureAll(quick: boolean): Promise<Row[]> {
  const effort = quick ? QUICK : FULL;
  const progress = showProgress(process.stderr, "measurements");
  const steps = effort.processes * COMPARISONS.length + 3;
  let done = 0;
  const step = async <T>(measurement: Promise<T>): Promise<T> => {
    const result = await measurement;
    progress.update(steps, ++done);
    return result;
  };
  const rounds = new Map<Comparison, Round[]>(COMPARISONS.map((comparison) => [comparison, []]));
  for (let number = 0; number < effort.processes; number++) {
    for (const [{ name }, all] of rounds) {
      const args = [__filename, ...(quick ? ["--quick"] : []), "compare", name];
      all.push(...(await step(runNode<Round[]>(args))));
    }
  }
  const { length } = await sampleRecords();
  const rows = [...rounds].map(([comparison, all]) => comparisonRow(comparison, all, length));
  rows.push(...startUpRows(await step(measureStartUp(effort))), ...memoryRows(await step(measureMemory(effort))));
  rows.push(...importRows(await step(measureImport(effort))));
  progress.stop();
  return rows;
}

async function bench({ json, quick = false }: Options): Promise<void> {
  const rows = await measureAll(quick);
  console.log(json ? JSON.stringify(rows, undefined, 2) : tableOf(rows));
}

const program = new Command("npm run bench --")
  .description(
    "Measures the built transformer on the 5,000 records of the sample log, side by side with the least work.",
  )
  .option("--quick", "few rounds of each part, in seconds: whether it works, not how fast it is")
  .option("--json", "the figures as JSON")
  .action(bench);
program.command("compare <name>", { hidden: true }).action(async (name: string) => {
  const { quick } = program.opts<Options>();
  console.log(JSON.stringify(await compare(name, quick ? QUICK : FULL)));
});
program
  .command("synth")
  .description(
    "What a rollout of up to 120 stacks costs to synthesize, compared with a bare app of CDKTF with the same resources.",
  )
  .action(async () => {
    const { quick, json } = program.opts<Options>();
    const rows = synthRows(await measureSynth(__filename, quick === true));
    console.log(json ? JSON.stringify(rows, undefined, 2) : tableOf(rows));
  });
program
  .command("synthesize <edition> <from> <out>", { hidden: true })
  .action((edition: string, from: string, out: string) => console.log(JSON.stringify(synthesize(edition, from, out))));
addFuzz(program);
addFaults(program);
addRedrive(program);
void program.parseAsync();
