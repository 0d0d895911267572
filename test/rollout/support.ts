/** Shared by the tests of the rollout file. */
import { RolloutError } from "../../modules/rollout/mistakes";
import { parseRollout } from "../../modules/rollout/parse-rollout";
import { type RolloutTarget, rolloutTargets } from "../../modules/rollout/targets";

/** What a reader is told of a rollout's mistakes. */
export function messageOf(read: () => unknown): string {
  return mistakesIn(read)?.message ?? "no mistake";
}

/** The mistakes of a rollout; any other error is the test's failure. */
export function mistakesIn(read: () => unknown): RolloutError | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof RolloutError) return error;
    throw error;
  }
}

/** The targets of a rollout file in `/rollouts`. */
export function targetsOf(text: string): RolloutTarget[] {
  return rolloutTargets(parseRollout(text, "/rollouts/rollout.yaml"));
}
