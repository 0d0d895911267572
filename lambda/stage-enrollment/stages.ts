/** Reads the stages that matter to a run, and sets them as planned: what fails for one keeps nothing from the others. */
import type { ApiGateway } from "../api-gateway/api-gateway";
import { describeError, isNotFound, isRefused } from "../api-gateway/call-failure";
import { mapAhead } from "../api-gateway/map-ahead";
import { keyOf, nameOf, type Stage, type StageId } from "../api-gateway/stage";
import type { EnrolledStage, Enrollment, StageAnswer } from "./contract";
import type { OtherEnrollments } from "./other-enrollments";
import { hasSet, type ObservedStage, type Step } from "./plan";
import { matchedTypes, type WantedStage, wantedStages } from "./wanted";

/** Where the function has no time left for a stage. */
const TIME_IS_UP = "time is up: call again";

export interface ObservedStages {
  readonly wanted: readonly WantedStage[];
  readonly observed: (id: StageId) => ObservedStage;
}

/**
 * One call for each stage, and where stages are matched those that list all of them.
 *
 * @param remembered stages that are read whether they are wanted or not
 * @param hasTime whether there is time for another call
 * @throws what API Gateway threw when all were listed: with a part of them, the others would seem removed
 */
export async function readStages(
  api: ApiGateway,
  otherEnrollments: OtherEnrollments,
  enrollment: Enrollment,
  remembered: readonly EnrolledStage[],
  hasTime: () => boolean,
): Promise<ObservedStages> {
  const types = matchedTypes(enrollment);
  const stages: Stage[] = [];
  if (types.length > 0) {
    for await (const stage of api.stages(types)) {
      if (!hasTime()) {
        throw new Error(
          `Not all stages could be listed: ${TIME_IS_UP}, with a longer time-out or more calls a second.`,
        );
      }
      stages.push(stage);
    }
  }
  const observed = new Map<string, ObservedStage>(stages.map((stage) => [keyOf(stage), { stage }]));
  const wanted = wantedStages(enrollment, stages);
  const isListed = ({ type }: StageId): boolean => types.includes(type);
  const others = new Map([...wanted, ...remembered].filter((id) => !isListed(id)).map((id) => [keyOf(id), id]));
  const read = async (id: StageId): Promise<void> => {
    observed.set(keyOf(id), hasTime() ? await readStage(api, id) : { failure: TIME_IS_UP });
  };
  for await (const _ of mapAhead(others.values(), read));
  // Only what may be taken over from its owner may be taken from another enrollment.
  for (const id of wanted.filter(({ overwrite }) => overwrite)) {
    const observedStage = observed.get(keyOf(id));
    if (observedStage?.stage?.accessLog) {
      observed.set(keyOf(id), await withHolder(api, otherEnrollments, id, observedStage));
    }
  }
  return { wanted, observed: (id) => observed.get(keyOf(id)) ?? {} };
}

/** With the other enrollment that set the stage as it is, if one did. */
async function withHolder(
  api: ApiGateway,
  otherEnrollments: OtherEnrollments,
  id: StageId,
  observedStage: ObservedStage,
) {
  const destinationArn = observedStage.stage!.accessLog!.destinationArn;
  const other = await otherEnrollments.at(destinationArn);
  if (other === undefined) {
    return observedStage;
  }
  const entry = other.stages?.find((one) => keyOf(one) === keyOf(id) && hasSet(one, destinationArn));
  if (entry || other.failure !== undefined) {
    return { ...observedStage, other: { name: other.name, entry, failure: other.failure } };
  }
  // It may have restored the stage, and forgotten it, since the stage was read.
  return readStage(api, id);
}

async function readStage(api: ApiGateway, id: StageId): Promise<ObservedStage> {
  try {
    return { stage: await api.stage(id) };
  } catch (error) {
    return { failure: describeError(error) };
  }
}

/** What became of a stage. */
export interface Outcome extends StageAnswer {
  /** What is remembered of it from now on; absent if nothing. */
  readonly entry?: EnrolledStage;
}

/** @param hasTime whether there is time to begin with another stage */
export async function applySteps(api: ApiGateway, steps: readonly Step[], hasTime: () => boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const outcome of mapAhead(steps, (step) => applyStep(api, step, hasTime))) {
    outcomes.push(outcome);
  }
  return outcomes;
}

/** What a plan would come to if all went well. */
export function expected({ give: _, during: __, after: entry, blocks: ___, ...answer }: Step): Outcome {
  return { ...answer, ...(entry && { entry }) };
}

async function applyStep(api: ApiGateway, step: Step, hasTime: () => boolean): Promise<Outcome> {
  const { give, during, blocks: _, after: __, ...answer } = step;
  if (give === undefined) {
    return expected(step);
  }
  const failed = (why: string): Outcome => {
    if (answer.result === "restored") {
      const reason = `${nameOf(step)} could not be restored to what it had: ${why}.`;
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
      return removeLogging(api, step, describeError(error), failed);
    }
    return failed(describeError(error));
  }
}

/** What the stage had may not be possible any more: better no logging than one that no one reads. */
async function removeLogging(api: ApiGateway, step: Step, refusal: string, failed: (why: string) => Outcome) {
  try {
    await api.removeAccessLog(step);
  } catch (error) {
    return failed(describeError(error));
  }
  const had = step.give?.destinationArn;
  const reason = `${nameOf(step)} logs nowhere now: API Gateway does not take that it logs to ${had} as it did (${refusal}).`;
  return { ...expected(step), reason };
}
