/** What is to be said of the stages of one account and region: which log to us, whether well, and what to do. */
import { isSameDestination, isSameLogging, keyOf, type Stage, type StageId } from "../lambda/api-gateway/stage";
import { type WantedStage, wantedStages } from "../lambda/stage-enrollment/wanted";
import { accessLogFormatProblems, type RolloutStages } from "../modules";
import { adviceFor, adviceForMissing } from "./coverage-advice";

/**
 * Where a stage logs, and of ours how: in the rollout's format (`ours`), in another that Moesif takes, or in one that
 * it does not take. What is `missing` is wanted, and there is no such stage.
 */
export type CoverageState = "ours" | "other-format" | "bad-format" | "elsewhere" | "nowhere" | "missing";

/** A stage whose calls Moesif gets has one of these. */
const COVERED: readonly CoverageState[] = ["ours", "other-format"];

/** One stage. */
export interface CoverageRow extends StageId {
  /** Absent where there is no such API, or none of its stages. */
  readonly apiName?: string;
  /** Whether the rollout file lists or matches it; or whether every stage is wanted. */
  readonly wanted: boolean;
  readonly state: CoverageState;
  readonly covered: boolean;
  /** ARN of where it logs; absent where it logs nowhere. */
  readonly destinationArn?: string;
  /** What is wrong with the format of a stage of ours, a sentence each. */
  readonly problems: readonly string[];
  /** What to do, in a sentence. */
  readonly advice: string;
}

/**
 * A row for each stage that there is, and for each that is listed and is not there, by name of API and stage.
 *
 * @param stages every stage of the target's account and region
 * @param all whether every stage is wanted
 */
export function coverageRows(target: RolloutStages, stages: readonly Stage[], all = false): CoverageRow[] {
  const wishes = new Map(wantedStages(target.enrollment, stages).map((wish) => [keyOf(wish), wish]));
  const rows = stages.map((stage) => rowOf(target, stage, wishes.get(keyOf(stage)), all));
  const there = new Set(stages.map(keyOf));
  const missing = [...wishes.values()].filter((wish) => !there.has(keyOf(wish)));
  return [...rows, ...missing.map((wish) => missingRow(wish, stages))].sort(
    (a, b) =>
      compare(a.apiName ?? a.apiId, b.apiName ?? b.apiId) || compare(a.apiId, b.apiId) || compare(a.stage, b.stage),
  );
}

function rowOf(target: RolloutStages, stage: Stage, wish: WantedStage | undefined, all: boolean): CoverageRow {
  const { type, apiId, apiName, accessLog } = stage;
  const { state, problems } = stateOf(target, stage);
  return {
    type,
    apiId,
    apiName,
    stage: stage.stage,
    wanted: all || wish !== undefined,
    state,
    covered: COVERED.includes(state),
    ...(accessLog && { destinationArn: accessLog.destinationArn }),
    problems,
    advice: adviceFor(state, wish),
  };
}

function missingRow({ type, apiId, stage }: WantedStage, stages: readonly Stage[]): CoverageRow {
  const ofTheApi = stages.filter((other) => other.apiId === apiId);
  return {
    type,
    apiId,
    ...(ofTheApi[0] && { apiName: ofTheApi[0].apiName }),
    stage,
    wanted: true,
    state: "missing",
    covered: false,
    problems: [],
    advice: adviceForMissing(ofTheApi.find((other) => other.stage === stage)?.type),
  };
}

interface Found {
  readonly state: Exclude<CoverageState, "missing">;
  readonly problems: readonly string[];
}

function stateOf({ destinations }: RolloutStages, { type, accessLog }: Stage): Found {
  if (accessLog === undefined) return { state: "nowhere", problems: [] };
  const ours = destinations[type];
  const isOurs = ours !== undefined && isSameDestination(accessLog.destinationArn, ours.destinationArn);
  if (!isOurs) return { state: "elsewhere", problems: [] };
  if (isSameLogging(accessLog, ours)) return { state: "ours", problems: [] };
  const problems = accessLogFormatProblems(type, accessLog.format);
  return { state: problems.length > 0 ? "bad-format" : "other-format", problems };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
