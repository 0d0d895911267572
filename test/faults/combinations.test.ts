/** Faults in combination, by seed, in virtual time: `npm run bench -- faults` tries ten times as many. */
import { combinationOf, problemsOf, run, wordsOf } from "../../bench/faults/run";

const COMBINATIONS = 200;

test(`${COMBINATIONS} combinations of faults lose no call and count none twice`, async () => {
  const broken: string[] = [];
  for (let seed = 1; seed <= COMBINATIONS; seed++) {
    const outcome = await run(combinationOf(seed));
    const problems = problemsOf(outcome);
    if (problems.length > 0)
      broken.push(
        `${wordsOf(outcome.plan)}\n${problems.join("\n")}\nnpm run bench -- faults --combinations 1 --seed ${seed}`,
      );
  }
  expect(broken.join("\n\n")).toBe("");
});
