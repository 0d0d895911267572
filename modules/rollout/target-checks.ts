/** Checks that settings, from whichever level, fit each account and region that they take effect for. */
import { CREATED_BUCKET_SETTINGS } from "../pipeline/backup-bucket";
import { ACCESS_LOG_PATH } from "../pipeline/collector";
import { DEFAULT_WAIT_SECONDS } from "../pipeline/delivery-stream";
import { MOST_MASKS } from "../pipeline/redaction-rules";
import { parseArn } from "../arn";
import { type Candidate, candidatesOf } from "./candidates";
import type { Complaint } from "./complaint";
import { valueAt, whereSet } from "./levels";
import { type Finding, formatPath, type Path } from "./mistakes";
import { AWS_DEFAULTS } from "../pipeline/transform-parameters";
import { MOST_TAGS, MOST_WAIT_SECONDS } from "../rules";
import { suggestRegion } from "./partitions";
import type { RolloutDocument } from "./schema";
import { SENDING_CHECKS, unusedHashKeys } from "./sending-checks";
import { MOST_COMMON_ATTRIBUTES } from "./settings-schema";
import type { Sound } from "./sound";
import { STAGE_CHECKS } from "./stage-checks";
import { stackNameOf } from "./targets";

const CHECKS: readonly ((target: Candidate) => readonly Complaint[])[] = [
  knownPartition,
  shortStackName,
  applicationIdGiven,
  arnsOfRegion,
  arnsOfPartition,
  boundaryOfAccount,
  transformerBuffer,
  waitTogether,
  baseOfEndpoint,
  fewEnough,
  settingsOfOwnBucket,
  ...SENDING_CHECKS,
  ...STAGE_CHECKS,
];

/**
 * Every setting that does not fit a target for which it takes effect.
 *
 * @param rollout the well-formed part of a file
 */
export function checkTargets(rollout: Sound<RolloutDocument>): Finding[] {
  const candidates = candidatesOf(rollout);
  const groups = new Map<string, Complaint & { labels: string[] }>();
  for (const target of candidates) {
    for (const complaint of CHECKS.flatMap((check) => check(target))) {
      const key = `${formatPath(complaint.path)} ${complaint.problem("")}`;
      const group = groups.get(key) ?? { ...complaint, labels: [] };
      group.labels.push(target.label);
      groups.set(key, group);
    }
  }
  const findings = [...groups.values()].map(({ problem, labels, ...rest }) => ({
    ...rest,
    problem: problem(labels.join(", ")),
  }));
  return [...findings, ...bucketsOfOneRegion(candidates), ...unusedHashKeys(candidates)];
}

/** A bucket must be in the region of its stream, so that one cannot serve two. */
function bucketsOfOneRegion(candidates: readonly Candidate[]): Finding[] {
  const first = new Map<string, Candidate>();
  const findings = new Map<string, Finding>();
  for (const candidate of candidates) {
    const { levels, region, settings, label } = candidate;
    const bucket = settings.backup?.bucket;
    const path = whereSet(levels, ["backup", "bucket"]);
    if (bucket === undefined || !path) continue;
    const before = first.get(bucket) ?? candidate;
    first.set(bucket, before);
    if (before.region === region || findings.has(formatPath(path))) continue;
    findings.set(formatPath(path), {
      path,
      problem: `the bucket ${bucket} would serve ${before.label} and ${label}, but a bucket is in one region`,
      fix: "name a bucket of each region in the region's own settings",
    });
  }
  return [...findings.values()];
}

/** Of an existing bucket nothing is managed. */
function settingsOfOwnBucket({ levels, settings: { backup } }: Candidate): Complaint[] {
  if (backup?.bucket === undefined) return [];
  return CREATED_BUCKET_SETTINGS.flatMap((key) => {
    const path = whereSet(levels, ["backup", key]);
    if (!path) return [];
    const problem = (targets: string) => `${key} is set, but the bucket exists already (${targets})`;
    return [{ path, problem, fix: "remove it, or remove backup.bucket" }];
  });
}

function knownPartition({ partition, region, path }: Candidate): Complaint[] {
  if (partition !== undefined) return [];
  const meant = suggestRegion(region);
  const partitionIfNew = "a region too new to be known needs its partition beside its name, such as partition: aws";
  return [
    {
      path: [...path, "name"],
      problem: () => `${region} is a region of no partition that is known here`,
      fix: meant ? `did you mean ${meant}? (${partitionIfNew})` : partitionIfNew,
    },
  ];
}

/** The stack also names the session of the role that Terraform assumes, which AWS limits to 64 characters. */
const LONGEST_STACK_NAME = 64;

function shortStackName({ account, region, accountPath }: Candidate): Complaint[] {
  if (account.name === undefined) return [];
  const name = stackNameOf(account.name, region);
  const excess = name.length - LONGEST_STACK_NAME;
  if (excess <= 0) return [];
  return [
    {
      path: [...accountPath, "name"],
      problem: () => `the stack's name ${name} has ${name.length} characters`,
      fix: `shorten the account's name by ${excess}: a stack's name has at most ${LONGEST_STACK_NAME} characters`,
    },
  ];
}

function applicationIdGiven({ levels, settings, path, label }: Candidate): Complaint[] {
  if (settings.applicationId) return [];
  // A level that is wrong has been told, and may have been meant to say it.
  if (levels.some(({ mistaken, settings: level }) => mistaken || (level && "applicationId" in level))) return [];
  return [
    {
      path,
      structural: true,
      problem: () => `no applicationId is known for ${label}`,
      fix: "write one into defaults or into the settings of the account or region, such as applicationId: {secretName: moesif/application-id}",
    },
  ];
}

const keyOfRegion = "name a key of each region in its own settings";
const keyOrAlias = `${keyOfRegion}, or an alias such as alias/moesif, which is looked up in each region`;
const secretOrName =
  "name a secret of each region in its own settings, or write secretName, which is looked up in each region";

/** Settings that hold the ARN of something that serves its own region alone. */
const REGIONAL = [
  { key: ["applicationId", "secretArn"], what: "secret", fix: secretOrName },
  { key: ["applicationId", "kmsKey"], what: "key", fix: keyOrAlias },
  { key: ["hashKey", "secretArn"], what: "secret", fix: secretOrName },
  { key: ["hashKey", "kmsKey"], what: "key", fix: keyOrAlias },
  { key: ["backup", "kmsKey"], what: "key", fix: keyOrAlias },
  { key: ["delivery", "kmsKeyArn"], what: "key", fix: keyOfRegion },
  { key: ["stageLogs", "kmsKeyArn"], what: "key", fix: keyOfRegion },
  { key: ["logs", "kmsKeyArn"], what: "key", fix: keyOfRegion },
  {
    key: ["transformer", "codeSigningConfigArn"],
    what: "code signing configuration",
    fix: "name one of each region in its own settings",
  },
] as const;

function arnsOfRegion({ levels, settings, region, partition }: Candidate): Complaint[] {
  return REGIONAL.flatMap(({ key, what, fix }) => {
    const arn = parseArn(valueAt(settings, key));
    const path = whereSet(levels, key);
    if (!arn || !path) return [];
    if (arn.region !== region) {
      return [{ path, problem: (targets) => `this ${what} is in ${arn.region}, and cannot serve ${targets}`, fix }];
    }
    const fits = partition === undefined || arn.partition === partition;
    return fits ? [] : [otherPartition(path, what, arn.partition, partition)];
  });
}

/** IAM has no regions, but a role or policy of one partition is unknown in another. */
function arnsOfPartition({ account, accountPath, levels, settings, partition }: Candidate): Complaint[] {
  const boundary = ["iam", "permissionsBoundary"] as const;
  return [
    { arn: parseArn(account.deployRole), path: [...accountPath, "deployRole"], what: "role" },
    { arn: parseArn(valueAt(settings, boundary)), path: whereSet(levels, boundary), what: "policy" },
  ].flatMap(({ arn, path, what }) =>
    arn && path && partition !== undefined && arn.partition !== partition
      ? [otherPartition(path, what, arn.partition, partition)]
      : [],
  );
}

function otherPartition(path: Path, what: string, given: string, partition: string): Complaint {
  return {
    path,
    problem: (targets) => `this ${what} is of partition ${given}, and cannot serve ${targets}`,
    fix: `write an ARN that begins with arn:${partition}:`,
  };
}

function boundaryOfAccount({ account, levels, settings }: Candidate): Complaint[] {
  const key = ["iam", "permissionsBoundary"] as const;
  const arn = parseArn(valueAt(settings, key));
  const path = whereSet(levels, key);
  if (!arn || !path || account.id === undefined || arn.account === account.id || arn.account === "aws") return [];
  return [
    {
      path,
      problem: (targets) => `this policy belongs to account ${arn.account}, and cannot bound the roles of ${targets}`,
      fix: "name a policy of each account in the account's own settings, or one that AWS manages",
    },
  ];
}

/** What AWS takes where nothing is said; the AWS provider forgets such a value, and then plans it for ever. */
const AWS_BUFFER = { bufferSizeMb: AWS_DEFAULTS.size, bufferIntervalSeconds: AWS_DEFAULTS.interval } as const;
const BUFFER_KEYS = ["bufferSizeMb", "bufferIntervalSeconds"] as const;

function transformerBuffer({ levels, settings: { transformer = {} } }: Candidate): Complaint[] {
  const complaint = (key: string, problem: string, fix: string): Complaint[] => [
    { path: whereSet(levels, ["transformer", key])!, problem: (targets) => `${problem} (${targets})`, fix },
  ];
  const [given, other] = BUFFER_KEYS.filter((key) => transformer[key] !== undefined);
  if (given && !other) {
    const missing = BUFFER_KEYS.find((key) => key !== given)!;
    // Its key is there if its value was mistaken, which has been told.
    if (missing in transformer) return [];
    return complaint(given, `${given} is given without ${missing}`, "give both or neither: AWS takes them together");
  }
  const [asAws, both] = BUFFER_KEYS.filter((key) => transformer[key] === AWS_BUFFER[key]);
  if (!asAws || both) return [];
  return complaint(
    asAws,
    `${asAws} ${AWS_BUFFER[asAws]} is AWS's default, and the other half is not: every plan would show a change`,
    `write ${asAws === "bufferSizeMb" ? "1.1 MB" : "61 seconds"}, or leave out both; see https://github.com/hashicorp/terraform-provider-aws/issues/9827`,
  );
}

/** Records wait twice: for the transformer, and for a request to Moesif to fill. */
function waitTogether({ levels, settings }: Candidate): Complaint[] {
  const first = settings.transformer?.bufferIntervalSeconds ?? AWS_DEFAULTS.interval;
  const second = settings.delivery?.bufferIntervalSeconds ?? DEFAULT_WAIT_SECONDS;
  const path =
    whereSet(levels, ["transformer", "bufferIntervalSeconds"]) ??
    whereSet(levels, ["delivery", "bufferIntervalSeconds"]);
  if (first + second <= MOST_WAIT_SECONDS || !path) return [];
  return [
    {
      path,
      problem: (targets) => `records wait ${first} s for the transformer and ${second} s for delivery (${targets})`,
      fix: `let both be ${MOST_WAIT_SECONDS} s together at most: an event that reaches Moesif more than five minutes late may miss its alerts and bills`,
    },
  ];
}

function baseOfEndpoint({ levels, settings }: Candidate): Complaint[] {
  const path = whereSet(levels, ["baseUrl"]);
  if (!path || !settings.baseUrl?.includes(ACCESS_LOG_PATH)) return [];
  const problem = () => `${settings.baseUrl} holds ${ACCESS_LOG_PATH} already, which is appended to it`;
  return [{ path, problem, fix: "write the address of the collector alone, such as https://api.moesif.net" }];
}

function fewEnough({ levels, settings }: Candidate): Complaint[] {
  return [
    { key: ["delivery", "commonAttributes"], map: settings.delivery?.commonAttributes, most: MOST_COMMON_ATTRIBUTES },
    { key: ["tags"], map: settings.tags, most: MOST_TAGS },
    { key: ["redaction", "mask"], map: settings.redaction?.mask, most: MOST_MASKS },
  ].flatMap(({ key, map = {}, most }) => {
    const count = Object.keys(map).length;
    const path = whereSet(levels, key);
    if (count <= most || !path) return [];
    const problem = (targets: string) => `with those of the other levels these are ${count} (${targets})`;
    return [{ path, problem, fix: `keep at most ${most}` }];
  });
}
