/** Bucket and stream in AWS. */
import { type Readable } from "node:stream";
import type { FirehoseClient, FirehoseClientConfig } from "@aws-sdk/client-firehose";
import type { S3Client } from "@aws-sdk/client-s3";
import { putBack } from "../transformer/put-back";
import type { Bucket, FailureLocation, PutBatch } from "./contract";

/** One request has an answer, or the beginning of one, within this. */
const S3_TIMEOUT_MS = 30_000;

/** Where clients connect to, and as whom: by default as the environment says. */
export interface Connection {
  readonly region: string;
  readonly credentials?: FirehoseClientConfig["credentials"];
}

/** Opens a bucket. */
export async function openBucket(name: string, connection: Connection, given?: S3Client): Promise<Bucket> {
  const sdk = await import("@aws-sdk/client-s3");
  const client = given ?? new sdk.S3Client(connection);
  const options = () => ({ abortSignal: AbortSignal.timeout(S3_TIMEOUT_MS) });
  return {
    async *list(prefix, after) {
      const pages = sdk.paginateListObjectsV2({ client }, { Bucket: name, Prefix: prefix, StartAfter: after });
      for await (const { Contents = [] } of pages) {
        for (const { Key = "", Size = 0, LastModified } of Contents) {
          yield { key: Key, bytes: Size, modified: LastModified?.getTime() ?? 0 };
        }
      }
    },
    async read(key) {
      try {
        // Without a time-out: a redrive reads no faster than it puts.
        const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: name, Key: key }));
        return Body as Readable;
      } catch (error) {
        // Who may not list a bucket is refused what is not there; a redrive may.
        if ((Object(error) as Error).name === "NoSuchKey") return undefined;
        throw error;
      }
    },
    async write(key, text) {
      const command = new sdk.PutObjectCommand({
        Bucket: name,
        Key: key,
        Body: text,
        ContentType: "application/x-ndjson",
      });
      await client.send(command, options());
    },
    async move(from, to) {
      const source = `${name}/${encodeURIComponent(from)}`;
      await client.send(new sdk.CopyObjectCommand({ Bucket: name, Key: to, CopySource: source }), options());
      await client.send(new sdk.DeleteObjectCommand({ Bucket: name, Key: from }), options());
    },
  };
}

/**
 * Puts batches on a stream: what fails in part, or is refused for now, is put again with exponential back-off and full
 * jitter, some seconds long.
 */
export async function openStream(
  name: string,
  connection: Connection,
  deadline?: number,
  given?: FirehoseClient,
): Promise<PutBatch> {
  const { FirehoseClient } = await import("@aws-sdk/client-firehose");
  const client = given ?? new FirehoseClient({ ...connection, maxAttempts: 1 });
  return async (batch) => {
    let failure: string | undefined;
    const taken = await putBack(
      { name, region: connection.region },
      batch.map((data) => [data]),
      {
        client,
        ...(deadline !== undefined && { deadline }),
        onFailure: (one) => (failure = worse(failure, one)),
      },
    );
    return failure === undefined ? { taken } : { taken, failure };
  };
}

/** A record that Firehose does not take says less than a stream that takes none. */
function worse(one: string | undefined, other: string): string {
  return one === undefined || one === "rejected" ? other : one;
}

/** What stands for the kind of failure in the prefix of a stream. */
const ERROR_TYPE = "!{firehose:error-output-type}";

/**
 * Where a stream keeps what failed, as Firehose says.
 *
 * @throws Error if the stream delivers to no HTTP endpoint
 */
export async function findFailures(stream: string, connection: Connection): Promise<FailureLocation> {
  const { DescribeDeliveryStreamCommand, FirehoseClient } = await import("@aws-sdk/client-firehose");
  const client = new FirehoseClient(connection);
  const answer = await client.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName: stream }));
  const [destination] = answer.DeliveryStreamDescription?.Destinations ?? [];
  const {
    BucketARN,
    Prefix = "",
    ErrorOutputPrefix,
  } = destination?.HttpEndpointDestinationDescription?.S3DestinationDescription ?? {};
  if (BucketARN === undefined) throw new Error(`${stream} does not deliver to an HTTP endpoint`);
  const prefix = ErrorOutputPrefix ? ErrorOutputPrefix.split(ERROR_TYPE)[0]! : Prefix.split("!{")[0]!;
  return { bucket: BucketARN.split(":::")[1]!, prefix };
}
