/** The records that are measured: the sample log, as the function gets it at work. */
import { gzipSync } from "node:zlib";
import { REQUIRED_KEYS } from "../lambda/transformer/access-log";
import { readRecords } from "../local/input";
import { sampleLog } from "../local/input";
import { inLastMinute } from "../local/sample-times";

/** A moment of which the sample's calls seem to be; fixed, so that every run measures the same bytes. */
export const NOW = Date.parse("2026-11-23T12:00:00Z");

const BATCH = 500;

/** Log events in an envelope of CloudWatch Logs. */
export const ENVELOPE_EVENTS = 100;

/** The sample log, its calls of the last minute. */
export async function sampleRecords(): Promise<readonly Buffer[]> {
  const records: Buffer[] = [];
  for await (const record of readRecords(sampleLog())) records.push(record);
  return inLastMinute(records, NOW);
}

/** The keys of the access-log format that Moesif published. */
const PUBLISHED_KEYS = [
  ...REQUIRED_KEYS,
  "ip",
  "caller",
  "user",
  "principalId",
  "cognitoIdentityId",
  "userArn",
  "apiKeyId",
];

/**
 * The same access logs in the format that Moesif published, a space behind each colon and comma, with the users of
 * {@link MOESIFS_RULES} among others.
 */
export function publishedFormatOf(records: readonly Buffer[]): readonly Buffer[] {
  return records.map((record, index) => {
    const log = {
      ...(JSON.parse(record.toString("utf8")) as Record<string, string>),
      principalId: `user-${index % 500}`,
    };
    const members = PUBLISHED_KEYS.map(
      (key) => `${JSON.stringify(key)}: ${JSON.stringify(log[key as keyof typeof log] ?? "-")}`,
    );
    return Buffer.from(`{${members.join(", ")}}\n`);
  });
}

/** The data of records in batches, as Firehose hands them over. */
export function batchesOf(records: readonly Buffer[], size = BATCH): readonly (readonly string[])[] {
  return chunks(records, size).map((batch) => batch.map((record) => record.toString("base64")));
}

/** The same access logs as CloudWatch Logs sends them: many in one record, compressed. */
export function envelopesOf(records: readonly Buffer[]): readonly Buffer[] {
  const head = { messageType: "DATA_MESSAGE", owner: "111111111111", logGroup: "bench", logStream: "bench" };
  return chunks(records, ENVELOPE_EVENTS).map((messages, number) => {
    const logEvents = messages.map((message, index) => ({
      id: String(number * ENVELOPE_EVENTS + index).padStart(56, "3"),
      timestamp: NOW,
      message: message.toString("utf8"),
    }));
    return gzipSync(JSON.stringify({ ...head, subscriptionFilters: ["bench"], logEvents }));
  });
}

/** Records up to so many bytes of base64, the sample as often as it takes. */
export function recordsOfBytes(records: readonly Buffer[], bytes: number): readonly string[] {
  const datas: string[] = [];
  for (let left = bytes, index = 0; ; index++) {
    const data = records[index % records.length]!.toString("base64");
    left -= data.length;
    if (left < 0) return datas;
    datas.push(data);
  }
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
