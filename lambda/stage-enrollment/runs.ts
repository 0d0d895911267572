/** The runs of the function: read, plan, write down what will be done, do it, and write down what was done. */
import { isDeepStrictEqual } from "node:util";
import type { ApiGateway } from "../api-gateway/api-gateway";
import { keyOf } from "../api-gateway/stage";
import type { EnrolledStage, Enrollment, EnrollmentAnswer, EnrollmentRecord, StageAnswer } from "./contract";
import type { OtherEnrollments } from "./other-enrollments";
import { changesAny, planSteps } from "./plan";
import { RecordChanged, type RecordStore, type Stored } from "./record-store";
import { answerOf } from "./report";
import { applySteps, expected, readStages } from "./stages";

/** How often a run checks whether another that is at work has ended. */
const POLL_MS = 2_000;

/** How often a run starts again because others wrote the record while it read. */
const MAX_ROUNDS = 5;

/** Of nothing: what is remembered is restored. */
const NOTHING: Enrollment = { destinations: {} };

/** What a run works with. */
export interface RunContext {
  readonly api: ApiGateway;
  readonly store: RecordStore;
  readonly others: OtherEnrollments;
  /** Of this invocation, and of no other. */
  readonly writer: string;
  /** No stage is begun after this, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Until when the invocation may be at work at most. */
  readonly end: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** What a run is to bring about. */
interface Goal {
  readonly enrollment: Enrollment;
  readonly run: number;
}

/** Reads, and changes nothing. */
export async function check({ api, store, others, deadline, now }: RunContext, enrollment: Enrollment) {
  const { run = 0, stages = [], enrollment: last = NOTHING } = (await store.read())?.record ?? {};
  const { wanted, observed } = await readStages(api, others, enrollment, stages, () => now() < deadline);
  const steps = planSteps(others.own, wanted, stages, observed);
  const isDue = changesAny(steps) || !isDeepStrictEqual(enrollment, last);
  const failures = new Map(stages.map((entry) => [keyOf(entry), entry.failure]));
  // What failed is tried again by the next run, and only who knows why can see to it that it does not fail again.
  const reported = steps.map((step) => {
    const failure = failures.get(keyOf(step));
    return step.result === "enrolled" && failure !== undefined ? { ...step, reason: failure } : step;
  });
  // A number that no call had: Terraform takes the input of a call that failed for one that was done.
  return answerOf(isDue ? Math.max(run + 1, now()) : run, reported, ({ blocks }) => blocks === true);
}

/** Sets the wanted stages, and restores those that are no longer wanted. */
export async function enroll(context: RunContext, goal: Goal): Promise<EnrollmentAnswer> {
  return inTurn(context, (stored) => settle(context, stored, goal));
}

/**
 * Restores every stage, and deletes the record.
 *
 * @throws Error that names the stages for which it could not be done, since Terraform reads no answer of this call, and
 * would destroy the function: the next call tries again, but for what API Gateway does not take any more
 */
export async function restore(context: RunContext): Promise<EnrollmentAnswer> {
  return inTurn(context, async (stored) => {
    if (stored === undefined) {
      return answerOf(0, []);
    }
    const { run } = stored.record;
    // Written even if nothing has to be done: from now on a schedule's run that reads the older one stops.
    const answer = await settle(context, stored, { enrollment: NOTHING, run }, true);
    const reasons = answer.stages.flatMap(({ reason }) => reason ?? []);
    if (reasons.length > 0) {
      throw new Error(reasons.join("\n"));
    }
    await context.store.remove();
    return answer;
  });
}

/**
 * Maintains what was enrolled last.
 *
 * @returns `undefined` if another run is at work, which does the same
 */
export async function reconcile(context: RunContext): Promise<EnrollmentAnswer | undefined> {
  for (let round = 1; ; round++) {
    const stored = await context.store.read();
    if (stored === undefined) {
      return answerOf(0, []);
    }
    const { enrollment, run } = stored.record;
    if (isBusy(context, stored)) {
      return undefined;
    }
    try {
      return await settle(context, stored, { enrollment, run });
    } catch (error) {
      if (!(error instanceof RecordChanged) || round === MAX_ROUNDS) {
        throw error;
      }
    }
  }
}

/** Waits until no other run is at work, and reads again if one was. */
async function inTurn(
  context: RunContext,
  run: (stored: Stored | undefined) => Promise<EnrollmentAnswer>,
): Promise<EnrollmentAnswer> {
  for (let round = 1; ;) {
    const stored = await context.store.read();
    if (isBusy(context, stored)) {
      if (context.now() + POLL_MS >= context.deadline) {
        throw new Error("Another run has been at work all the time: call again when it has ended.");
      }
      await context.sleep(POLL_MS);
      continue;
    }
    try {
      return await run(stored);
    } catch (error) {
      if (!(error instanceof RecordChanged) || round === MAX_ROUNDS) {
        throw error;
      }
      round++;
    }
  }
}

function isBusy({ now, writer }: RunContext, stored: Stored | undefined): boolean {
  const { busyUntil = 0, writer: holder } = stored?.record ?? {};
  return busyUntil > now() && holder !== writer;
}

/** @throws RecordChanged if another run came first: then nothing was touched */
async function settle(
  { api, store, others, writer, deadline, end, now }: RunContext,
  stored: Stored | undefined,
  { enrollment, run }: Goal,
  always = false,
): Promise<EnrollmentAnswer> {
  const hasTime = (): boolean => now() < deadline;
  const remembered = stored?.record.stages ?? [];
  const { wanted, observed } = await readStages(api, others, enrollment, remembered, hasTime);
  const steps = planSteps(others.own, wanted, remembered, observed);
  const matched = new Set(wanted.filter(({ listed }) => !listed).map(keyOf));
  const isUndone = ({ result, reason, ...id }: StageAnswer): boolean =>
    result === "failed" ? !matched.has(keyOf(id)) : result === "restored" && reason !== undefined;
  const recordOf = (entries: readonly (EnrolledStage | undefined)[], busyUntil?: number): EnrollmentRecord => ({
    version: 1,
    run,
    writer,
    ...(busyUntil !== undefined && { busyUntil }),
    enrollment,
    stages: sorted(entries),
  });
  if (!always && !changesAny(steps)) {
    const outcomes = steps.map(expected);
    const record = recordOf(outcomes.map(({ entry }) => entry));
    if (!isSameRecord(record, stored?.record)) {
      await store.write(record, stored);
    }
    return answerOf(run, outcomes, isUndone);
  }
  const during = recordOf(
    steps.map((step) => step.during),
    end,
  );
  const begun = await store.write(during, stored);
  const outcomes = await applySteps(api, steps, hasTime);
  await store.write(recordOf(outcomes.map(({ entry }) => entry)), begun);
  return answerOf(run, outcomes, isUndone);
}

function sorted(entries: readonly (EnrolledStage | undefined)[]): EnrolledStage[] {
  const known = entries.filter((entry) => entry !== undefined);
  return known.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

/** But for who wrote it. */
function isSameRecord(one: EnrollmentRecord, other: EnrollmentRecord | undefined): boolean {
  return other !== undefined && isDeepStrictEqual({ ...one, writer: "" }, { ...other, writer: "" });
}
