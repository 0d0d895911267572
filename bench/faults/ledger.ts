/** The account of a run: every call that went in is found again, by its name, in a place that knows nothing of the sender. */
import type { Expected } from "./calls";
import type { Moesif } from "./moesif";

/** Where the calls of a run ended. */
export interface Account {
  readonly calls: number;
  /** In Moesif, each once after its deduplication. */
  readonly delivered: number;
  /** In the backup bucket; a call may be there and in Moesif, if only the acknowledgement was lost. */
  readonly inBucket: number;
  /** Dropped by a rule of the settings. */
  readonly dropped: number;
  /** Lost as AWS's documentation says: answered with 413, or neither delivered nor written within 24 hours. */
  readonly lostByAws: readonly string[];
  /** Neither of these: this must be empty. */
  readonly lost: readonly string[];
  /** In Moesif under several ids, or under the id of another call: this must be empty. */
  readonly double: readonly string[];
  /** In Moesif although a rule drops them: this must be empty. */
  readonly leaked: readonly string[];
  /** Not in Moesif, neither damaged nor dropped by a rule, nor lost by AWS: empty when what failed has been put back. */
  readonly missing: readonly string[];
  /** How often calls came to Moesif that were there already. */
  readonly duplicates: number;
}

/** What an account is made of. */
export interface Places {
  readonly expected: ReadonlyMap<string, Expected>;
  readonly moesif: Moesif;
  /** Names of the calls that are in the backup bucket. */
  readonly inBucket: ReadonlySet<string>;
  /** Names of those that the stream gave up for good. */
  readonly lostByAws: ReadonlySet<string>;
}

/** Accounts for every call. */
export function accountOf({ expected, moesif, inBucket, lostByAws }: Places): Account {
  const names = [...expected.keys()];
  const isDelivered = (name: string) => moesif.idsOf.has(name);
  const isKept = (name: string) => isDelivered(name) || inBucket.has(name);
  const isDropped = (name: string) => expected.get(name) === "dropped by a rule";
  const isDouble = (name: string) => {
    const ids = [...(moesif.idsOf.get(name) ?? [])];
    return ids.length > 1 || ids.some((id) => moesif.namesOf.get(id)!.size > 1);
  };
  return {
    calls: names.length,
    delivered: names.filter(isDelivered).length,
    inBucket: names.filter((name) => inBucket.has(name)).length,
    dropped: names.filter((name) => isDropped(name) && !isKept(name)).length,
    lostByAws: names.filter((name) => lostByAws.has(name) && !isKept(name)),
    lost: names.filter((name) => !isKept(name) && !isDropped(name) && !lostByAws.has(name)),
    double: names.filter(isDouble),
    leaked: names.filter((name) => isDropped(name) && isDelivered(name)),
    missing: names.filter((name) => expected.get(name) === "delivered" && !isDelivered(name) && !lostByAws.has(name)),
    duplicates: moesif.events - moesif.idsOf.size,
  };
}

/** A record that Firehose failed on, as its line in the bucket holds it. */
export interface FailedLine {
  readonly errorCode: string;
  readonly rawData: Buffer;
}

/** The failed records of an object in the bucket. */
export function failedLinesIn(content: Buffer): FailedLine[] {
  const lines = content.toString("utf8").split("\n");
  return lines.flatMap((line) => {
    if (line === "") return [];
    const { errorCode, rawData } = JSON.parse(line) as { errorCode: string; rawData: string };
    return [{ errorCode, rawData: Buffer.from(rawData, "base64") }];
  });
}
