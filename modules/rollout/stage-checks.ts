/** Checks that the stages of a target, and what is said of their logging, fit together. */
import { API_TYPES, type ApiType } from "../../lambda/api-gateway/stage";
import { formatComplaint } from "./access-log-formats";
import type { AccessLogSettings } from "./access-log-schema";
import type { Candidate } from "./candidates";
import type { Complaint } from "./complaint";
import { whereSet } from "./levels";
import type { Path } from "./mistakes";
import { isWhole, type Sound } from "./sound";

/** Those of one target. */
export const STAGE_CHECKS: readonly ((target: Candidate) => readonly Complaint[])[] = [
  eachStageOnce,
  defaultStageOfHttp,
  logGroupWhereNeeded,
  transformerWhereLogGroup,
  formatOfEachType,
];

interface Entry {
  readonly path: Path;
  readonly type: ApiType;
  readonly stage: string;
}

/** The stages that APIs list, as far as they are well-formed. */
function entriesOf({ path, apis }: Candidate): Entry[] {
  return (apis ?? []).flatMap((api, a) =>
    (api?.stages ?? []).flatMap((entry, s) => {
      const stage = typeof entry === "string" ? entry : entry?.name;
      if (stage === undefined) return [];
      return [{ path: [...path, "apis", a, "stages", s], type: api?.type ?? ("REST" as const), stage }];
    }),
  );
}

function eachStageOnce(target: Candidate): Complaint[] {
  const entries = entriesOf(target);
  const same = (one: Entry, other: Entry) => one.stage === other.stage && one.path.at(-3) === other.path.at(-3);
  return entries
    .filter((entry, index) => entries.findIndex((other) => same(entry, other)) < index)
    .map(({ path, stage }) => ({
      path,
      problem: () => `stage ${stage} is listed already`,
      fix: "list each stage of an API once",
    }));
}

function defaultStageOfHttp(target: Candidate): Complaint[] {
  return entriesOf(target)
    .filter(({ type, stage }) => stage === "$default" && type !== "HTTP")
    .map(({ path, type }) => ({
      path,
      problem: () => `a ${type} API has no stage $default`,
      fix: "write type: HTTP beside the API's id, if it is an HTTP API, or the stage's name",
    }));
}

/**
 * The API types of the stages that a target lists or may match.
 *
 * @param listed types of the APIs that list stages
 * @param match a match without types means all
 */
export function typesOfStages(
  listed: readonly ApiType[],
  match: readonly ({ readonly types?: readonly (ApiType | undefined)[] } | undefined)[],
): ReadonlySet<ApiType> {
  const matched = match.flatMap((one) => one?.types ?? API_TYPES);
  return new Set([...listed, ...matched].filter((type) => type !== undefined));
}

/** The types, of those of a target, that cannot write to the stream. */
function typesThroughLogGroup(target: Candidate): ApiType[] {
  const listed = entriesOf(target).map(({ type }) => type);
  return [...typesOfStages(listed, target.settings.enrollment?.match ?? [])].filter((type) => type !== "REST");
}

function logGroupWhereNeeded(target: Candidate): Complaint[] {
  const { levels, settings } = target;
  const path = whereSet(levels, ["stageLogs", "enabled"]);
  const types = typesThroughLogGroup(target);
  if (settings.stageLogs?.enabled !== false || types.length === 0 || !path) return [];
  return [
    {
      path,
      problem: (targets) => `without it no ${types.join(" or ")} stage can be logged, as ${targets} asks for`,
      fix: "write true, or take it out; or list REST stages alone, and write types: [REST] into each match",
    },
  ];
}

/** CloudWatch Logs packs and compresses; the transformer alone opens it. */
function transformerWhereLogGroup(target: Candidate): Complaint[] {
  const { levels, settings } = target;
  const path = whereSet(levels, ["transformer", "enabled"]);
  const wanted = settings.stageLogs?.enabled ?? typesThroughLogGroup(target).length > 0;
  if (settings.transformer?.enabled !== false || !wanted || !path) return [];
  return [
    {
      path,
      problem: (targets) => `without the transformer Moesif could read no HTTP or WebSocket log (${targets})`,
      fix: "write true, and transformer.passThrough: true to turn off everything but the redaction; or list REST stages alone",
    },
  ];
}

/** A type of API that no stage of the target is of may lack what the settings ask for. */
function formatOfEachType(target: Candidate): Complaint[] {
  const { levels, settings } = target;
  const accessLog: Sound<AccessLogSettings> = settings.accessLog ?? {};
  if (!isWhole<AccessLogSettings>(accessLog)) return [];
  const through = settings.stageLogs?.enabled ? (["HTTP", "WEBSOCKET"] as const) : typesThroughLogGroup(target);
  return (["REST", ...through] as const).flatMap((type) => {
    const complaint = formatComplaint(type, accessLog);
    const path = complaint && whereSet(levels, complaint.key);
    if (!path) return [];
    return [{ path, problem: (targets: string) => `${complaint.problem} (${targets})`, fix: complaint.fix }];
  });
}
