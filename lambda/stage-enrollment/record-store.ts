/**
 * The record in the bucket: read whole, and written only over what was read.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
import type { GetObjectCommandOutput, ListObjectVersionsCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { setTimeout as sleep } from "node:timers/promises";
import { describeError } from "../api-gateway/call-failure";
import { s3Location } from "../s3-location";
import type { EnrollmentRecord } from "./contract";

/** One request has an answer within this. */
const S3_TIMEOUT_MS = 10_000;

/** Between two attempts at a record that may not be read yet. */
const RETRY_MS = 2_000;

/** A version of the record. */
export interface Stored {
  readonly record: EnrollmentRecord;
  readonly etag: string;
}

/** Another process has written the record, or removed it, since it was read. */
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
  /** With all its versions, where the bucket keeps them and lets go of them: else Terraform could not delete the bucket. */
  remove(): Promise<void>;
}

/**
 * The record at `RECORD_URL`: `s3://bucket/key`.
 *
 * @param deniedUntil until then, in milliseconds since the epoch, it is tried again where it may not be read
 * @param name what errors call the record
 * @throws Error that names `RECORD_URL` and says what to do
 */
export async function openRecord(
  url = process.env.RECORD_URL,
  deniedUntil = -Infinity,
  name = "RECORD_URL",
): Promise<RecordStore> {
  if (!url?.startsWith("s3://")) {
    throw new Error("RECORD_URL is not set to s3://bucket/key of the enrollment's record.");
  }
  const failing = (what: string, cause: unknown): Error =>
    new Error(`${name} (${url}) cannot be ${what} (${describeError(cause)}): check that the function's role may.`, {
      cause,
    });
  const sdk = await import("@aws-sdk/client-s3");
  const client = new sdk.S3Client({});
  const options = () => ({ abortSignal: AbortSignal.timeout(S3_TIMEOUT_MS) });
  const location = s3Location(url);
  const store: RecordStore = {
    async read() {
      let answer: GetObjectCommandOutput;
      try {
        answer = await client.send(new sdk.GetObjectCommand(location), options());
      } catch (error) {
        const isDenied = isNamed(error, "AccessDenied");
        if (isNamed(error, "NoSuchKey") || (isDenied && (await isAbsent(client, location)))) {
          return undefined;
        }
        if (isDenied && Date.now() < deniedUntil) {
          await sleep(RETRY_MS);
          return store.read();
        }
        throw failing("read", error);
      }
      return {
        record: parse((await answer.Body?.transformToString()) ?? "", `${name} (${url})`),
        etag: answer.ETag ?? "",
      };
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
          throw new RecordChanged("The record was written by another process.");
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
      await removeVersions(client, location);
    },
  };
  return store;
}

function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return names.includes((Object(error) as Error).name);
}

/** The mark that there is none goes last, so that no older version stands as the record. What a bucket holds on to stays. */
async function removeVersions(client: S3Client, { Bucket, Key }: { Bucket: string; Key: string }): Promise<void> {
  const { DeleteObjectCommand, ListObjectVersionsCommand } = await import("@aws-sdk/client-s3");
  const options = () => ({ abortSignal: AbortSignal.timeout(S3_TIMEOUT_MS) });
  const versions: { readonly VersionId?: string; readonly IsLatest?: boolean }[] = [];
  try {
    let next: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
    while (next) {
      const page: ListObjectVersionsCommandOutput = await client.send(
        new ListObjectVersionsCommand({ Bucket, Prefix: Key, ...next }),
        options(),
      );
      const all = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
      versions.push(...all.filter((version) => version.Key === Key));
      next = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : undefined;
    }
    versions.sort((one, other) => Number(one.IsLatest ?? false) - Number(other.IsLatest ?? false));
    for (const { VersionId } of versions) {
      await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }), options());
    }
  } catch {
    // The record is gone, and nothing reads its versions.
  }
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
function parse(text: string, name: string): EnrollmentRecord {
  let record: Partial<EnrollmentRecord> | undefined;
  try {
    record = JSON.parse(text) as Partial<EnrollmentRecord>;
  } catch {
    // Reported below.
  }
  if (record?.version !== 1 || !Array.isArray(record.stages) || !record.enrollment?.destinations) {
    throw new Error(
      `${name} is not a record of version 1: put back an earlier version of the object, ` +
        "or deploy the function that wrote it.",
    );
  }
  return record as EnrollmentRecord;
}
