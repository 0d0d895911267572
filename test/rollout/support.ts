/** Shared by the tests of the rollout file. */
import { parseRollout } from "../../modules/rollout/parse-rollout";
import { RolloutError } from "../../modules/rollout/rollout-error";
import { type RolloutTarget, rolloutTargets } from "../../modules/rollout/targets";

/** What a user is told of a rollout file. */
export function messageOf(read: () => unknown): string {
  return errorOf(read)?.message ?? "no issue";
}

/** What is wrong with a rollout; any other error is the test's failure. */
export function errorOf(read: () => unknown): RolloutError | undefined {
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
