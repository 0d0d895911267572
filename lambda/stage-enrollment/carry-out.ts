/** Does what was planned, stage by stage: what fails for one keeps nothing from the others. */
import type { ApiGateway } from "../api-gateway/api-gateway";
import { isNotFound, isRefused } from "../api-gateway/call-failure";
import { mapAhead } from "../api-gateway/map-ahead";
import type { EnrolledStage, StageAnswer } from "./contract";
import { describe, TIME_IS_UP } from "./failure";
import type { Step } from "./plan";
import { nameOf } from "./stage-names";

/** What became of a stage. */
export interface Outcome extends StageAnswer {
  /** What is remembered of it from now on; absent if nothing. */
  readonly entry?: EnrolledStage;
}

/** @param hasTime whether there is time to begin with another stage */
export async function carryOut(api: ApiGateway, steps: readonly Step[], hasTime: () => boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const outcome of mapAhead(steps, (step) => take(api, step, hasTime))) {
    outcomes.push(outcome);
  }
  return outcomes;
}

/** What a plan would come to if all went well. */
export function expected({ give: _, during: __, after: entry, blocks: ___, ...answer }: Step): Outcome {
  return { ...answer, ...(entry && { entry }) };
}

async function take(api: ApiGateway, step: Step, hasTime: () => boolean): Promise<Outcome> {
  const { give, during, blocks: _, after: __, ...answer } = step;
  if (give === undefined) {
    return expected(step);
  }
  const failed = (why: string): Outcome => {
    if (answer.result === "restored") {
      const reason = `${nameOf(step)} could not be given back what it had: ${why}.`;
      return { ...answer, result: "failed", reason, entry: during };
    }
    const failure = `${nameOf(step)} could not be enrolled: ${why}.`;
    return { ...answer, result: "failed", reason: failure, entry: during && { ...during, failure } };
  };
  if (!hasTime()) {
    return failed(TIME_IS_UP);
  }
  try {
    await (give === null ? api.removeAccessLog(step) : api.setAccessLog(step, give));
    return expected(step);
  } catch (error) {
    if (isNotFound(error)) {
      const reason = `${nameOf(step)} does not exist any more.`;
      return { ...answer, result: "missing", ...(answer.result === "enrolled" && { reason, entry: during }) };
    }
    if (give !== null && answer.result === "restored" && isRefused(error)) {
      return takeAway(api, step, describe(error), failed);
    }
    return failed(describe(error));
  }
}

/** What the stage had may not be possible any more: better no logging than one to where nobody reads it. */
async function takeAway(api: ApiGateway, step: Step, refusal: string, failed: (why: string) => Outcome) {
  try {
    await api.removeAccessLog(step);
  } catch (error) {
    return failed(describe(error));
  }
  const had = step.give?.destinationArn;
  const reason = `${nameOf(step)} logs nowhere now: API Gateway does not take that it logs to ${had} as it did (${refusal}).`;
  return { ...expected(step), reason };
}
