/** Checks that what is sent, from whichever level it is set, fits together. */
import { asksForSomething, reliedOn } from "../pipeline/bypass";
import { DEFAULT_OUTPUT } from "../pipeline/collector";
import { hashedAndRemoved } from "../pipeline/redaction-rules";
import { SAMPLING_DEFAULTS } from "../pipeline/sampling-rules";
import { DEFAULT_TIMEOUT_SECONDS } from "../pipeline/transformer-function";
import type { Candidate } from "./candidates";
import type { Complaint } from "./complaint";
import { whereSet } from "./levels";
import { type Finding, formatPath } from "./mistakes";

/** Those of one target. */
export const SENDING_CHECKS: readonly ((target: Candidate) => readonly Complaint[])[] = [
  transformedEvents,
  nothingBypassed,
  placeInEvents,
  timeForTheRules,
  keyOfHashes,
  hashedOrRemoved,
];

function transformedEvents({ levels, settings: { output, transformer } }: Candidate): Complaint[] {
  const path = whereSet(levels, ["transformer", "enabled"]);
  if (transformer?.enabled !== false || output !== "event" || !path) return [];
  return [
    {
      path,
      problem: (targets) => `without the transformer there are no events, which output asks for (${targets})`,
      fix: "write true, or output: accessLog; to send calls as they are, write transformer.passThrough: true",
    },
  ];
}

/** Somebody relies on these settings, and without the transformer nobody would obey them. */
function nothingBypassed({ levels, settings }: Candidate): Complaint[] {
  const path = whereSet(levels, ["transformer", "enabled"]);
  const set = reliedOn(settings);
  if (settings.transformer?.enabled !== false || set.length === 0 || !path) return [];
  const places = set.flatMap((key) =>
    levels.flatMap((level) => (asksForSomething(level.settings?.[key]) ? [formatPath([...level.path, key])] : [])),
  );
  return [
    {
      path,
      problem: (targets) => `without the transformer nobody obeys ${places.join(", ")} (${targets})`,
      fix: "take that out, or keep the transformer: write true, and transformer.passThrough: true to turn off everything but the redaction",
    },
  ];
}

/** What only events have a place for. */
const OF_EVENTS = [
  ["subscription", "subscription"],
  ["sessionToken", "session token"],
] as const;

function placeInEvents({ levels, settings: { output = DEFAULT_OUTPUT, identity } }: Candidate): Complaint[] {
  return OF_EVENTS.flatMap(([key, name]) => {
    const path = whereSet(levels, ["identity", key]);
    if (!identity?.[key] || output === "event" || !path) return [];
    return [
      {
        path,
        problem: (targets: string) => `Moesif's access logs have no place for a ${name} (${targets})`,
        fix: `write output: event, or take ${key} out`,
      },
    ];
  });
}

function timeForTheRules({ levels, settings: { sampling, transformer } }: Candidate): Complaint[] {
  const wait = sampling?.timeoutSeconds ?? SAMPLING_DEFAULTS.timeoutSeconds;
  const all = transformer?.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const path = whereSet(levels, ["sampling", "timeoutSeconds"]) ?? whereSet(levels, ["transformer", "timeoutSeconds"]);
  const asks = sampling?.remote !== false && transformer?.passThrough !== true && transformer?.enabled !== false;
  if (!asks || wait < all || !path) return [];
  return [
    {
      path,
      problem: (targets) => `the function waits ${wait} s for Moesif's rules, and is ended after ${all} s (${targets})`,
      fix: "let sampling.timeoutSeconds be below transformer.timeoutSeconds",
    },
  ];
}

function keyOfHashes({ levels, settings: { redaction, hashKey } }: Candidate): Complaint[] {
  const path = whereSet(levels, ["redaction", "hash"]);
  if (!redaction?.hash?.length || hashKey || !path) return [];
  // A level that is wrong has been told, and may have been meant to say it.
  if (levels.some(({ mistaken, settings: level }) => mistaken || (level && "hashKey" in level))) return [];
  return [
    {
      path,
      problem: (targets) => `no hashKey is known for ${targets}`,
      fix: 'write hashKey: {secretName: moesif/hash-key} beside redaction, a secret that holds {"hash_key": "<32 characters or more>"}',
    },
  ];
}

/** Of two levels one may remove what the other hashes: then it is removed. In one level it is a mistake. */
function hashedOrRemoved({ levels }: Candidate): Complaint[] {
  return levels.flatMap(({ path, settings }) => {
    const redaction = settings?.redaction as Parameters<typeof hashedAndRemoved>[0] | undefined;
    return hashedAndRemoved(redaction ?? {}).map((key) => ({
      path: [...path, "redaction", "hash", redaction!.hash!.indexOf(key)],
      problem: () => `${key} is removed by redaction.fields.remove, and cannot be hashed`,
      fix: "take it out of the one list or the other",
    }));
  });
}

/** Some of the targets of a key may hash nothing; a key by which none does has been forgotten, or its list was. */
export function unusedHashKeys(candidates: readonly Candidate[]): Finding[] {
  const paths = candidates.flatMap(({ levels }) => {
    const path = whereSet(levels, ["hashKey"]);
    const lists = levels.some(({ mistaken, settings }) => {
      const redaction = settings?.redaction;
      return mistaken || (settings && "redaction" in settings && !redaction) || (redaction && "hash" in redaction);
    });
    return path ? [{ path, lists }] : [];
  });
  const unused = paths.filter(
    ({ path }) => !paths.some((one) => one.lists && formatPath(one.path) === formatPath(path)),
  );
  return [...new Map(unused.map(({ path }) => [formatPath(path), path])).values()].map((path) => ({
    path,
    problem: "this key hashes nothing",
    fix: "list the keys to hash under redaction.hash, or take hashKey out",
  }));
}
