/** What is compared with what: work of the transformer, and the least that any function does for the same records. */
import { gunzipSync } from "node:zlib";
import type { TransformerSettings } from "../lambda/transformer/settings";
import { dependenciesWith, type Transformer } from "./bundle";
import {
  ENRICHING,
  EVENTS,
  EVERYTHING,
  KEEPS_ALL,
  KEEPS_SOME,
  MASKING,
  MOESIFS_JOB,
  MOESIFS_RULES,
  SAMPLING,
} from "./settings";
import { batchesOf, ENVELOPE_EVENTS, envelopesOf, NOW, publishedFormatOf } from "./traffic";

/** A comparison; without a limit, the ratio is for information. */
export interface Comparison {
  readonly name: string;
  readonly reference: string;
  readonly limit?: number;
  /** Prepares both for these records. Each call goes through all of them. */
  readonly prepare: (transformer: Transformer, records: readonly Buffer[]) => Pair;
}

/** Work that is measured, and what it is measured against. */
export interface Pair {
  readonly measured: () => void;
  readonly reference: () => void;
}

type Batches = readonly (readonly string[])[];

const READ = "decode, parse";
const READ_AND_WRITE = "decode, parse, write, encode";

/**
 * A tenth above what was measured, so that a change that costs more is seen. A third of what is above 1 is the search for
 * secrets.
 */
const LIMITS = { sampling: 1.6, accessLogs: 1.5, events: 1.75 };

/** An envelope may cost little more than what is in it. */
const ENVELOPE_LIMIT = 1.3;

export const COMPARISONS: readonly Comparison[] = [
  {
    name: "sampling only, all kept",
    reference: READ,
    limit: LIMITS.sampling,
    prepare: (transformer, records) => {
      const batches = batchesOf(records);
      const work = transforming(transformer, SAMPLING, batches, KEEPS_ALL);
      return { measured: work, reference: () => batches.forEach((batch) => batch.forEach(parse)) };
    },
  },
  ...[
    { name: "full enrichment, access logs", settings: ENRICHING, limit: LIMITS.accessLogs },
    { name: "full enrichment, events", settings: EVENTS, limit: LIMITS.events },
  ].map(({ name, settings, limit }) => ({
    name,
    reference: READ_AND_WRITE,
    limit,
    prepare: (transformer: Transformer, records: readonly Buffer[]) => {
      const batches = batchesOf(records);
      return { measured: transforming(transformer, settings, batches), reference: () => batches.forEach(readAndWrite) };
    },
  })),
  {
    name: `gzip envelopes of ${ENVELOPE_EVENTS}`,
    reference: "gunzip, full enrichment without",
    limit: ENVELOPE_LIMIT,
    prepare: (transformer, records) => {
      const envelopes = envelopesOf(records);
      const uncompressed = transforming(transformer, ENRICHING, batchesOf(records));
      return {
        measured: transforming(transformer, ENRICHING, batchesOf(envelopes)),
        reference: () => {
          for (const envelope of envelopes) gunzipSync(envelope);
          uncompressed();
        },
      };
    },
  },
  ...[500, 4000].map((size) => ({
    name: `Moesif's own job, batches of ${size}`,
    reference: READ_AND_WRITE,
    prepare: (transformer: Transformer, records: readonly Buffer[]) => {
      const batches = batchesOf(publishedFormatOf(records), size);
      const work = transforming(transformer, MOESIFS_JOB, batches, MOESIFS_RULES);
      return { measured: work, reference: () => batches.forEach(readAndWrite) };
    },
  })),
  {
    name: "three masks",
    reference: "full enrichment without",
    prepare: (transformer, records) => {
      const batches = batchesOf(records);
      return {
        measured: transforming(transformer, MASKING, batches),
        reference: transforming(transformer, ENRICHING, batches),
      };
    },
  },
  {
    name: "all options on",
    reference: READ_AND_WRITE,
    prepare: (transformer, records) => {
      const batches = batchesOf(records);
      const work = transforming(transformer, EVERYTHING, batches, KEEPS_SOME);
      return { measured: work, reference: () => batches.forEach(readAndWrite) };
    },
  },
];

function transforming(
  transformer: Transformer,
  settings: TransformerSettings,
  batches: Batches,
  config?: object,
): () => void {
  const transform = transformer.createTransformer(settings, dependenciesWith(transformer, config));
  const failed = batches.flatMap((batch) => transform(batch, NOW)).find(({ result }) => result === "ProcessingFailed");
  if (failed) throw new Error(`The transformer fails records of the sample: ${JSON.stringify(failed)}.`);
  return () => batches.forEach((batch) => transform(batch, NOW));
}

function parse(data: string): unknown {
  return JSON.parse(Buffer.from(data, "base64").toString("utf8"));
}

function readAndWrite(batch: readonly string[]): string[] {
  return batch.map((data) => Buffer.from(JSON.stringify(parse(data))).toString("base64"));
}
