/** The accounts and regions of a rollout file, valid or not, and the issues of the settings that take effect there. */
import { API_TYPES, type ApiType } from "../../lambda/api-gateway/stage";
import { parseArn } from "../settings/aws";
import type { AccessLogSettings } from "../settings/access-log";
import { formatPath, type Issue, type Path } from "../settings/issue";
import { partitionOf, suggestRegion } from "../settings/regions";
import type { RolloutDocument } from "../settings/rollout";
import { brokenRules, type RuleInput } from "../settings/rule";
import { hashedAndRemovedIssues, RULES } from "../settings/rules";
import { unknownRecordKeys } from "../settings/record-keys";
import { effectivePath, isInvalid, mergeSettings, type Scope } from "../settings/scopes";
import type { Settings } from "../settings/settings";
import { isWhole, type ValidSubset } from "../settings/valid-subset";
import { formatIssue } from "./access-log-formats";
import { stackNameOf } from "./targets";

type ValidAccount = NonNullable<NonNullable<ValidSubset<RolloutDocument>["accounts"]>[number]>;
type ValidRegion = NonNullable<NonNullable<ValidAccount["regions"]>[number]>;

/** An account and region, as far as they are valid. */
interface Target {
  /** `production/us-east-1`, as issues name it. */
  readonly label: string;
  readonly path: Path;
  readonly accountPath: Path;
  readonly account: ValidAccount;
  readonly region: string;
  readonly partition: string | undefined;
  readonly apis: ValidRegion["apis"];
  /** The farthest first. */
  readonly scopes: readonly Scope[];
  /** Of all scopes, merged. */
  readonly settings: ValidSubset<Settings>;
}

/** An issue of a target; the same setting may be wrong for several, which are named together. */
interface TargetIssue extends Issue {
  /** It is wrong whatever the target. */
  readonly isGeneral?: boolean;
}

const CHECKS: readonly ((target: Target) => readonly TargetIssue[])[] = [
  knownPartition,
  shortStackName,
  rolePartition,
  applicationIdGiven,
  settingsRules,
  formats,
  repeatedStages,
  defaultStages,
];

/**
 * Every issue of the settings that take effect in a target.
 *
 * @param rollout the valid subset of a file
 */
export function targetIssues(rollout: ValidSubset<RolloutDocument>): Issue[] {
  const targets = targetsOf(rollout);
  const groups = new Map<string, TargetIssue & { labels: string[] }>();
  for (const target of targets) {
    for (const issue of CHECKS.flatMap((check) => check(target))) {
      const key = `${issue.id} ${formatPath(issue.path)} ${issue.isGeneral ? issue.message : ""}`;
      const group = groups.get(key) ?? { ...issue, labels: [] };
      group.labels.push(target.label);
      groups.set(key, group);
    }
  }
  const issues = [...groups.values()].map(({ labels, isGeneral, ...issue }) => ({
    ...issue,
    message: isGeneral ? issue.message : `${issue.message} (${listed(labels)})`,
  }));
  return [...issues, ...scopeIssues(targets), ...sharedBuckets(targets), ...unusedHashKeys(targets)];
}

const MOST_LISTED = 3;

/** The first three, `and 77 more`. */
function listed(labels: readonly string[]): string {
  const rest = labels.length - MOST_LISTED;
  return [...labels.slice(0, MOST_LISTED), ...(rest > 0 ? [`and ${rest} more`] : [])].join(", ");
}

/** Every region that has a name. */
function targetsOf(rollout: ValidSubset<RolloutDocument>): Target[] {
  const defaults = scope(["defaults"], rollout, "defaults");
  return (rollout.accounts ?? []).flatMap((account, a) => {
    if (!account) return [];
    const accountPath = ["accounts", a];
    const ofAccount = scope([...accountPath, "settings"], account, "settings");
    return (account.regions ?? []).flatMap((region, r) => {
      if (region?.name === undefined) return [];
      const path = [...accountPath, "regions", r];
      const scopes = [defaults, ofAccount, scope([...path, "settings"], region, "settings")];
      const settings = mergeSettings(scopes.map((one) => one.settings));
      return {
        label: `${account.name ?? account.id ?? `accounts[${a}]`}/${region.name}`,
        ...{ path, accountPath, account, scopes, settings },
        region: region.name,
        partition: region.partition ?? partitionOf(region.name),
        apis: region.apis,
      };
    });
  });
}

function scope<K extends string>(path: Path, holder: { [key in K]?: ValidSubset<Settings> }, key: K): Scope {
  return { path, settings: holder[key], isInvalid: key in holder && holder[key] === undefined };
}

function settingsRules(target: Target): Issue[] {
  return brokenRules(RULES, inputOf(target), target.scopes);
}

function inputOf(target: Target): RuleInput {
  const { settings, account, region, partition } = target;
  return { settings, account: account.id, region, partition, stageTypes: stageTypesOf(target) };
}

/** What is wrong within one scope, and those of it that have no target with another. */
function scopeIssues(targets: readonly Target[]): Issue[] {
  const scopes = new Map(targets.flatMap((target) => target.scopes.map((one) => [formatPath(one.path), one])));
  return [...scopes.values()].flatMap(({ path, settings = {} }) =>
    [...hashedAndRemovedIssues(settings), ...unknownRecordKeys(settings as object)].map((issue) => ({
      ...issue,
      path: [...path, ...issue.path],
    })),
  );
}

/** A bucket must be in the region of its stream, so that one cannot serve two. */
function sharedBuckets(targets: readonly Target[]): Issue[] {
  const firsts = new Map<string, Target>();
  const issues = new Map<string, Issue>();
  for (const target of targets) {
    const bucket = target.settings.backup?.bucket;
    const path = effectivePath(target.scopes, ["backup", "bucket"]);
    if (bucket === undefined || !path) continue;
    const first = firsts.get(bucket) ?? target;
    firsts.set(bucket, first);
    if (first.region === target.region || issues.has(formatPath(path))) continue;
    issues.set(formatPath(path), {
      id: "bucket-region",
      path,
      message: `the bucket ${bucket} would serve ${first.label} and ${target.label}, but a bucket is in one region`,
      fix: "use a bucket of each region in the region's own settings",
    });
  }
  return [...issues.values()];
}

/** Some of the targets of a key may hash nothing. A key with which none does has been forgotten, or its list was. */
function unusedHashKeys(targets: readonly Target[]): Issue[] {
  const isUsed = ({ scopes, settings }: Target) =>
    (settings.redaction?.hash?.length ?? 0) > 0 || isInvalid(scopes, ["redaction", "hash"]);
  const used = new Map<string, { path: Path; isUsed: boolean }>();
  for (const target of targets) {
    const path = effectivePath(target.scopes, ["hashKey"]);
    if (!path) continue;
    const key = formatPath(path);
    used.set(key, { path, isUsed: isUsed(target) || used.get(key)?.isUsed === true });
  }
  return [...used.values()]
    .filter((one) => !one.isUsed)
    .map(({ path }) => ({
      id: "hash-key-unused",
      path,
      message: "hashKey is set but redaction.hash is empty",
      fix: "list the keys to hash in redaction.hash, or remove hashKey",
    }));
}

function knownPartition({ partition, region, path }: Target): TargetIssue[] {
  if (partition !== undefined) return [];
  const meant = suggestRegion(region);
  return [
    {
      id: "unknown-region",
      path: [...path, "name"],
      message: `unknown region ${JSON.stringify(region)}`,
      fix: `${meant ? `did you mean ${meant}? or ` : ""}write the partition of a new region, such as partition: aws`,
      isGeneral: true,
    },
  ];
}

/** The stack also names the session of the role that Terraform assumes, which AWS limits to 64 characters. */
const MAX_STACK_NAME = 64;

function shortStackName({ account, region, accountPath }: Target): TargetIssue[] {
  if (account.name === undefined) return [];
  const name = stackNameOf(account.name, region);
  const excess = name.length - MAX_STACK_NAME;
  if (excess <= 0) return [];
  return [
    {
      id: "stack-name",
      path: [...accountPath, "name"],
      message: `the stack's name ${name} has ${name.length} characters`,
      fix: `shorten the account's name by ${excess}: a stack's name has at most ${MAX_STACK_NAME} characters`,
      isGeneral: true,
    },
  ];
}

function rolePartition({ account, accountPath, partition }: Target): TargetIssue[] {
  const role = parseArn(account.deployRole);
  if (!role || partition === undefined || role.partition === partition) return [];
  return [
    {
      id: "arn-partition",
      path: [...accountPath, "deployRole"],
      message: `role is of partition ${role.partition}, expected ${partition}`,
      fix: `use an ARN that begins with arn:${partition}:`,
    },
  ];
}

function applicationIdGiven({ scopes, settings, path, label }: Target): TargetIssue[] {
  // An invalid value has its own issue.
  if (settings.applicationId || scopes.some((scope) => scope.isInvalid || "applicationId" in (scope.settings ?? {}))) {
    return [];
  }
  return [
    {
      id: "application-id-missing",
      path,
      message: `applicationId is not set for ${label}`,
      fix: "write one into defaults or into the settings of the account or region, such as applicationId: {secretName: moesif/application-id}",
      isGeneral: true,
    },
  ];
}

/** A type of API of which the target has no stage may lack what the settings ask for. */
function formats(target: Target): Issue[] {
  const { scopes, settings } = target;
  const accessLog: ValidSubset<AccessLogSettings> = settings.accessLog ?? {};
  if (!isWhole<AccessLogSettings>(accessLog)) return [];
  const types = stageTypesOf(target);
  const isLogged = (type: ApiType) => type === "REST" || settings.stageLogs?.enabled === true || types.has(type);
  return API_TYPES.filter(isLogged).flatMap((type) => {
    const issue = formatIssue(type, accessLog);
    const path = issue && effectivePath(scopes, issue.path);
    return path ? [{ ...issue, path }] : [];
  });
}

interface Entry {
  readonly path: Path;
  readonly type: ApiType;
  readonly stage: string;
}

/** The stages that APIs list, as far as they are valid. */
function entriesOf({ path, apis }: Target): Entry[] {
  return (apis ?? []).flatMap((api, a) =>
    (api?.stages ?? []).flatMap((entry, s) => {
      const stage = typeof entry === "string" ? entry : entry?.name;
      if (stage === undefined) return [];
      return [{ path: [...path, "apis", a, "stages", s], type: api?.type ?? ("REST" as const), stage }];
    }),
  );
}

function repeatedStages(target: Target): TargetIssue[] {
  const entries = entriesOf(target);
  const same = (one: Entry, other: Entry) => one.stage === other.stage && one.path.at(-3) === other.path.at(-3);
  return entries
    .filter((entry, index) => entries.findIndex((other) => same(entry, other)) < index)
    .map(({ path, stage }) => ({
      id: "duplicate-stage",
      path,
      message: `stage ${stage} is listed already`,
      fix: "list each stage of an API once",
      isGeneral: true,
    }));
}

function defaultStages(target: Target): TargetIssue[] {
  return entriesOf(target)
    .filter(({ type, stage }) => stage === "$default" && type !== "HTTP")
    .map(({ path, type }) => ({
      id: "default-stage",
      path,
      message: `a ${type} API has no stage $default`,
      fix: "write type: HTTP next to the API's id, if it is an HTTP API, or the stage's name",
      isGeneral: true,
    }));
}

/** The types of the stages that a target lists or matches. */
function stageTypesOf(target: Target): ReadonlySet<ApiType> {
  const listed = entriesOf(target).map(({ type }) => type);
  return typesOfStages(listed, target.settings.enrollment?.match ?? []);
}

/**
 * The API types of listed and matched stages.
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
