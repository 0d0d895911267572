/** Compares the stages of one account and region with the rollout file: which log to Moesif, and what to do. */
import { isSameDestination, isSameLogging, keyOf, type Stage, type StageId } from "../../lambda/api-gateway/stage";
import { type WantedStage, wantedStages } from "../../lambda/stage-enrollment/wanted";
import { accessLogFormatIssues, type Issue, type RolloutStages } from "../../modules";

/**
 * Where a stage logs: to this pipeline in the rollout's format (`ours`), in another format that Moesif accepts, or in one
 * that it rejects; to another destination; to none. A `missing` stage is in the rollout file, but does not exist.
 */
export type CoverageState = "ours" | "other-format" | "bad-format" | "elsewhere" | "nowhere" | "missing";

/** States of stages whose calls reach Moesif. */
const COVERED: readonly CoverageState[] = ["ours", "other-format"];

/** One stage. */
export interface CoverageRow extends StageId {
  /** Absent if the API does not exist, or has no stages. */
  readonly apiName?: string;
  /** Whether the rollout file lists or matches it; or whether every stage is wanted. */
  readonly wanted: boolean;
  readonly state: CoverageState;
  readonly covered: boolean;
  /** ARN of its access-log destination; absent if it has none. */
  readonly destinationArn?: string;
  /** Of the format of a stage that logs to this pipeline. */
  readonly issues: readonly Issue[];
  /** What to do, in a sentence. */
  readonly advice: string;
}

/**
 * A row for each stage that exists, and for each listed one that does not, by name of API and stage.
 *
 * @param stages every stage of the target's account and region
 * @param all whether every stage is wanted
 */
export function coverageRows(target: RolloutStages, stages: readonly Stage[], all = false): CoverageRow[] {
  const wanted = new Map(wantedStages(target.enrollment, stages).map((stage) => [keyOf(stage), stage]));
  const rows = stages.map((stage) => existingRow(target, stage, wanted.get(keyOf(stage)), all));
  const existing = new Set(stages.map(keyOf));
  const missing = [...wanted.values()].filter((stage) => !existing.has(keyOf(stage)));
  return [...rows, ...missing.map((stage) => missingRow(stage, stages))].sort(
    (a, b) =>
      compare(a.apiName ?? a.apiId, b.apiName ?? b.apiId) || compare(a.apiId, b.apiId) || compare(a.stage, b.stage),
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function existingRow(target: RolloutStages, stage: Stage, wanted: WantedStage | undefined, all: boolean): CoverageRow {
  const { type, apiId, apiName, accessLog } = stage;
  const { state, issues } = stateOf(target, stage);
  return {
    type,
    apiId,
    apiName,
    stage: stage.stage,
    wanted: all || wanted !== undefined,
    state,
    covered: COVERED.includes(state),
    ...(accessLog && { destinationArn: accessLog.destinationArn }),
    issues,
    advice: adviceFor(state, wanted),
  };
}

function missingRow({ type, apiId, stage }: WantedStage, stages: readonly Stage[]): CoverageRow {
  const ofTheApi = stages.filter((other) => other.apiId === apiId);
  const otherType = ofTheApi.find((other) => other.stage === stage)?.type;
  return {
    type,
    apiId,
    ...(ofTheApi[0] && { apiName: ofTheApi[0].apiName }),
    stage,
    wanted: true,
    state: "missing",
    covered: false,
    issues: [],
    advice: adviceForMissing(ofTheApi.length > 0, otherType),
  };
}

function adviceForMissing(hasStages: boolean, otherType?: string): string {
  if (otherType !== undefined) return `set type: ${otherType} in the API's entry`;
  return hasStages
    ? "create the stage, or remove it from the list"
    : "correct the API's id, or remove it from the list";
}

type ExistingState = Exclude<CoverageState, "missing">;

function stateOf({ destinations }: RolloutStages, { type, accessLog }: Stage) {
  const found = (state: ExistingState, issues: readonly Issue[] = []) => ({ state, issues });
  if (accessLog === undefined) return found("nowhere");
  const ours = destinations[type];
  const isOurs = ours !== undefined && isSameDestination(accessLog.destinationArn, ours.destinationArn);
  if (!isOurs) return found("elsewhere");
  if (isSameLogging(accessLog, ours)) return found("ours");
  const issues = accessLogFormatIssues(type, accessLog.format);
  return found(issues.length > 0 ? "bad-format" : "other-format", issues);
}

const NOTHING = "nothing";

/** Advice for a stage that the rollout file does not name. */
const NOT_WANTED: Readonly<Record<ExistingState, string>> = {
  ours: NOTHING,
  "other-format": NOTHING,
  "bad-format": "list it under apis[].stages, or ask its owner to set the format",
  elsewhere: "leave it, or list it under apis[].stages with overwrite: true",
  nowhere: "list it under apis[].stages, or ask its owner to log here",
};

/** Advice for a stage that the rollout file lists or matches. */
const WANTED: Readonly<Record<Exclude<ExistingState, "elsewhere">, string>> = {
  ours: NOTHING,
  "other-format": "nothing; the next deployment of the stack sets the rollout's format",
  "bad-format": "deploy the stack: it sets the rollout's format",
  nowhere: "deploy the stack: it sets the access log",
};

function adviceFor(state: ExistingState, wanted: WantedStage | undefined): string {
  if (wanted === undefined) return NOT_WANTED[state];
  if (state !== "elsewhere") return WANTED[state];
  if (wanted.overwrite) return "deploy the stack: it overrides the stage's access log";
  return `set overwrite: true on ${wanted.listed ? "the stage" : "the match"}, and deploy the stack`;
}

const LOGS_TO: Readonly<Record<Exclude<CoverageState, "elsewhere">, string>> = {
  ours: "Moesif",
  "other-format": "Moesif, in another format",
  "bad-format": "Moesif, in a bad format",
  nowhere: "nowhere",
  missing: "no such stage",
};

/** Where a stage logs, in words. */
export function logsTo({ state, apiName, destinationArn }: CoverageRow): string {
  if (state === "missing" && apiName === undefined) return "no API with this id has stages";
  return state === "elsewhere" ? destinationName(destinationArn!) : LOGS_TO[state];
}

/** The name in the ARN of a stream or a log group; another ARN as it is. */
function destinationName(arn: string): string {
  const stream = /:deliverystream\/(.+)$/.exec(arn)?.[1];
  const logGroup = /:log-group:([^:]+)/.exec(arn)?.[1];
  if (stream !== undefined) return `stream ${stream}`;
  return logGroup === undefined ? arn : `log group ${logGroup}`;
}
