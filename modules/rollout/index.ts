/** Rolls a pipeline out over accounts, regions and APIs from one file. */
import type { App } from "../cdk";
import { readRollout } from "./read-rollout";
import { TargetStack } from "./target-stack";
import { rolloutTargets } from "./targets";

/**
 * Makes one stack for each account and region of a rollout file.
 *
 * @param app an app, or a function that makes one: it is called after the file was found to be without mistakes,
 *   since an app creates its output folder at once
 * @param file path of the rollout file
 * @throws RolloutError with every mistake of the file; nothing is written then
 */
export function rollOut(app: App | (() => App), file: string): TargetStack[] {
  const targets = rolloutTargets(readRollout(file));
  const scope = typeof app === "function" ? app() : app;
  return targets.map((target) => new TargetStack(scope, target));
}
