/** `npm run bench -- faults`: combinations of faults on the command line, and what they came to. */
import { type Command, InvalidArgumentError } from "commander";
import { showProgress } from "../../local/progress";
import { tableOf } from "../../common/table";
import { combinationOf, type Outcome, problemsOf, run, wordsOf } from "./run";

interface Options {
  readonly combinations: number;
  readonly seed: number;
}

/** Adds the sub-command. */
export function addFaults(program: Command): void {
  program
    .command("faults")
    .description(
      "Passes calls through a made-up AWS in which several things fail at once, and accounts for every call.",
    )
    .option("--combinations <number>", "how many", wholeNumber, 2_000)
    .option("--seed <number>", "of the first; each has the next one", wholeNumber, 1)
    .addHelpText("after", "\nExit codes: 0 no call was lost or counted twice; 1 one was.")
    .action(runAll);
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give a whole number, such as 200.");
}

async function runAll({ combinations, seed }: Options): Promise<void> {
  const progress = showProgress(process.stderr, "combinations");
  const started = performance.now();
  const sums = { calls: 0, delivered: 0, dropped: 0, inBucket: 0, lostByAws: 0, duplicates: 0, lost: 0, double: 0 };
  const broken: string[] = [];
  for (let done = 0; done < combinations; done++) {
    const outcome = await run(combinationOf(seed + done));
    add(sums, outcome);
    const problems = problemsOf(outcome);
    if (problems.length > 0) broken.push(`${wordsOf(outcome.plan)}\n  ${problems.join("\n  ")}`);
    progress.update(combinations, done + 1);
  }
  progress.stop();
  const table = tableOf(["", "calls"], ["left", "right"]);
  for (const [name, count] of Object.entries(ROWS)) table.push([name, sums[count].toLocaleString("en")]);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${table.toString()}\n${combinations} combinations from seed ${seed} on, ${seconds} s`);
  for (const text of broken) console.error(`\n${text}`);
  if (broken.length > 0) process.exitCode = 1;
}

const ROWS = {
  in: "calls",
  "delivered, each once by its dedupe id": "delivered",
  "  came to Moesif again": "duplicates",
  "dropped by a rule": "dropped",
  "in the backup bucket": "inBucket",
  "lost by AWS, as documented": "lostByAws",
  lost: "lost",
  "counted twice": "double",
} as const;

function add(sums: Record<(typeof ROWS)[keyof typeof ROWS], number>, { account }: Outcome): void {
  for (const key of Object.values(ROWS)) {
    const value = account[key];
    sums[key] += typeof value === "number" ? value : value.length;
  }
}
