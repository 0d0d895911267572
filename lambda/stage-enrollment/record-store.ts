/**
 * The record in the bucket: read whole, and written only over what was read.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
import type { GetObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { s3Location } from "../s3-location";
import type { EnrollmentRecord } from "./contract";
import { describe } from "./failure";

/** One request has an answer within this. */
const S3_TIMEOUT_MS = 10_000;

/** A version of the record. */
export interface Stored {
  readonly record: EnrollmentRecord;
  readonly etag: string;
}

/** Somebody else has written the record, or removed it, since it was read. */
export class RecordChanged extends Error {
  override readonly name = "RecordChanged";
}

export interface RecordStore {
  /** `undefined` if there is none. */
  read(): Promise<Stored | undefined>;
  /**
   * @param over the version that it replaces; `undefined` if there was none
   * @throws RecordChanged if there is another by now
   */
  write(record: EnrollmentRecord, over: Stored | undefined): Promise<Stored>;
  remove(): Promise<void>;
}

/**
 * The record at `RECORD_URL`: `s3://bucket/key`.
 *
 * @throws Error that names `RECORD_URL` and says what to do
 */
export async function openRecord(url = process.env.RECORD_URL): Promise<RecordStore> {
  if (!url?.startsWith("s3://")) {
    throw new Error("RECORD_URL is not set to s3://bucket/key of the enrollment's record.");
  }
  const failing = (what: string, cause: unknown): Error =>
    new Error(`RECORD_URL (${url}) cannot be ${what} (${describe(cause)}): check that the function's role may.`, {
      cause,
    });
  const sdk = await import("@aws-sdk/client-s3");
  const client = new sdk.S3Client({});
  const options = () => ({ abortSignal: AbortSignal.timeout(S3_TIMEOUT_MS) });
  const location = s3Location(url);
  return {
    async read() {
      let answer: GetObjectCommandOutput;
      try {
        answer = await client.send(new sdk.GetObjectCommand(location), options());
      } catch (error) {
        if (isNamed(error, "NoSuchKey") || (isNamed(error, "AccessDenied") && (await isAbsent(client, location)))) {
          return undefined;
        }
        throw failing("read", error);
      }
      return { record: parse((await answer.Body?.transformToString()) ?? "", url), etag: answer.ETag ?? "" };
    },
    async write(record, over) {
      const condition = over ? { IfMatch: over.etag } : { IfNoneMatch: "*" };
      const body = { Body: `${JSON.stringify(record, undefined, 2)}\n`, ContentType: "application/json" };
      try {
        const command = new sdk.PutObjectCommand({ ...location, ...body, ...condition });
        const { ETag = "" } = await client.send(command, options());
        return { record, etag: ETag };
      } catch (error) {
        if (isNamed(error, "PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")) {
          throw new RecordChanged("The record was written by somebody else.");
        }
        throw failing("written", error);
      }
    },
    async remove() {
      try {
        await client.send(new sdk.DeleteObjectCommand(location), options());
      } catch (error) {
        throw failing("removed", error);
      }
    },
  };
}

function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return names.includes((Object(error) as Error).name);
}

/** To a role that may not list the bucket, S3 says of what is not there that it may not be read. */
async function isAbsent(client: S3Client, { Bucket, Key }: { Bucket: string; Key: string }): Promise<boolean> {
  const { ListObjectsV2Command } = await import("@aws-sdk/client-s3");
  try {
    const command = new ListObjectsV2Command({ Bucket, Prefix: Key });
    const { Contents = [] } = await client.send(command, { abortSignal: AbortSignal.timeout(S3_TIMEOUT_MS) });
    return Contents.every((object) => object.Key !== Key);
  } catch {
    return false;
  }
}

/** What cannot be read is never taken for none: it may be all that knows what stages had. */
function parse(text: string, url: string): EnrollmentRecord {
  let record: Partial<EnrollmentRecord> | undefined;
  try {
    record = JSON.parse(text) as Partial<EnrollmentRecord>;
  } catch {
    // Reported below.
  }
  if (record?.version !== 1 || !Array.isArray(record.stages) || !record.enrollment?.destinations) {
    throw new Error(
      `RECORD_URL (${url}) is not a record of version 1: put back an earlier version of the object, ` +
        "or deploy the function that wrote it.",
    );
  }
  return record as EnrollmentRecord;
}
