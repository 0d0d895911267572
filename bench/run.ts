/** `npm run bench`: how fast the built transformer is, as ratios, and what importing the package costs; and a run of made-up records that must not harm it. */
import { Command } from "commander";
import { showProgress } from "../local/progress";
import { runNode } from "./child";
import { compare, type Round } from "./compare";
import { type Comparison, COMPARISONS } from "./comparisons";
import { addFuzz } from "./fuzz/command";
import { measureMemory } from "./memory";
import { measureImport } from "./package-import";
import { measureStartUp } from "./start-up";
import { comparisonRow, importRows, memoryRows, type Row, startUpRows, tableOf } from "./table";
import { sampleRecords } from "./traffic";

/** How often each comparison is made, each time in a process of its own: no two compile the same code alike. */
const PROCESSES = 3;

async function measureAll(): Promise<Row[]> {
  const progress = showProgress(process.stderr, "measurements");
  const steps = PROCESSES * COMPARISONS.length + 3;
  let done = 0;
  const step = async <T>(measurement: Promise<T>): Promise<T> => {
    const result = await measurement;
    progress.update(steps, ++done);
    return result;
  };
  const rounds = new Map<Comparison, Round[]>(COMPARISONS.map((comparison) => [comparison, []]));
  for (let number = 0; number < PROCESSES; number++) {
    for (const [{ name }, all] of rounds) all.push(...(await step(runNode<Round[]>([__filename, "compare", name]))));
  }
  const { length } = await sampleRecords();
  const rows = [...rounds].map(([comparison, all]) => comparisonRow(comparison, all, length));
  rows.push(...startUpRows(await step(measureStartUp())), ...memoryRows(await step(measureMemory())));
  rows.push(...importRows(await step(measureImport())));
  progress.stop();
  return rows;
}

async function bench({ json }: { readonly json?: boolean }): Promise<void> {
  const rows = await measureAll();
  console.log(json ? JSON.stringify(rows, undefined, 2) : tableOf(rows));
}

const program = new Command("npm run bench --")
  .description(
    "Measures the built transformer on the 5,000 records of the sample log, side by side with the least work.",
  )
  .option("--json", "the figures as JSON")
  .action(bench);
program
  .command("compare <name>", { hidden: true })
  .action(async (name: string) => console.log(JSON.stringify(await compare(name))));
addFuzz(program);
void program.parseAsync();
