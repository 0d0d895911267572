/**
 * Other enrollments of the same account and region: whether one of them set a stage, and what the stage had before.
 * The names of an enrollment all derive from that of its pipeline: where its stages log to, its function, and its record
 * in the bucket of the pipeline's stream.
 */
import type { FirehoseClient } from "@aws-sdk/client-firehose";
import { setTimeout as sleep } from "node:timers/promises";
import { describeError } from "../api-gateway/call-failure";
import type { EnrolledStage } from "./contract";
import { openRecord } from "./record-store";

const FIREHOSE_TIMEOUT_MS = 10_000;

/** Between two attempts at a stream that may not be described yet. */
const RETRY_MS = 2_000;

const STREAM_PREFIX = "amazon-apigateway-";

/** The stream, or the log group, of a pipeline. */
const DESTINATION =
  /:(?:deliverystream\/amazon-apigateway-|log-group:\/aws\/vendedlogs\/apigateway\/)([^:/]+)(?::\*)?$/;

/** The path at which Moesif takes what a stream of a pipeline delivers, and that of no other stream. */
const MOESIF_PATH = /\/v1\/partners\/aws\/kinesis(\/events)?$/;

/** The enrollment of a pipeline. */
export interface OtherEnrollment {
  /** Name of its function. */
  readonly name: string;
  /** The stages that it remembers; absent if they could not be read. */
  readonly stages?: readonly EnrolledStage[];
  /** Why they could not be read. */
  readonly failure?: string;
}

export interface OtherEnrollments {
  /** Name of the function whose enrollments the others are not. */
  readonly own: string;
  /** The other enrollment whose stages log to a destination; `undefined` if it is not the destination of a pipeline. */
  at(destinationArn: string): Promise<OtherEnrollment | undefined>;
}

/**
 * Finds other enrollments by AWS's answers, each once.
 *
 * @param url `RECORD_URL`, the record of the own enrollment
 * @param deniedUntil until then, in milliseconds since the epoch, what is not allowed is tried again
 */
export function otherEnrollments(url = process.env.RECORD_URL ?? "", deniedUntil = -Infinity): OtherEnrollments {
  const found = new Map<string, Promise<OtherEnrollment | undefined>>();
  const [, ownPipeline] = /\/enrollment\/([^/]+)\/record\.json$/.exec(url) ?? [];
  return {
    own: functionOf(ownPipeline ?? ""),
    async at(destinationArn) {
      const [, pipeline] = DESTINATION.exec(destinationArn) ?? [];
      if (pipeline === undefined || pipeline === ownPipeline) {
        return undefined;
      }
      const enrollment = found.get(pipeline) ?? find(pipeline, deniedUntil);
      found.set(pipeline, enrollment);
      return enrollment;
    },
  };
}

function functionOf(pipeline: string): string {
  return `moesif-enroll-${pipeline}`;
}

async function find(pipeline: string, deniedUntil: number): Promise<OtherEnrollment | undefined> {
  const name = functionOf(pipeline);
  try {
    const bucket = await bucketOf(pipeline, deniedUntil);
    if (bucket === undefined) {
      return undefined;
    }
    const url = `s3://${bucket}/enrollment/${pipeline}/record.json`;
    const store = await openRecord(url, deniedUntil, `The record of ${name}`);
    return { name, stages: (await store.read())?.record.stages ?? [] };
  } catch (error) {
    return { name, failure: describeError(error) };
  }
}

/** The bucket of a pipeline; `undefined` if there is no such stream, or it does not deliver to Moesif. */
async function bucketOf(pipeline: string, deniedUntil: number): Promise<string | undefined> {
  const { DescribeDeliveryStreamCommand, FirehoseClient } = await import("@aws-sdk/client-firehose");
  const client: FirehoseClient = new FirehoseClient({});
  const describeStream = new DescribeDeliveryStreamCommand({ DeliveryStreamName: `${STREAM_PREFIX}${pipeline}` });
  for (;;) {
    try {
      const answer = await client.send(describeStream, { abortSignal: AbortSignal.timeout(FIREHOSE_TIMEOUT_MS) });
      const [destination] = answer.DeliveryStreamDescription?.Destinations ?? [];
      const { EndpointConfiguration, S3DestinationDescription } = destination?.HttpEndpointDestinationDescription ?? {};
      return MOESIF_PATH.test(EndpointConfiguration?.Url ?? "")
        ? S3DestinationDescription?.BucketARN?.split(":::")[1]
        : undefined;
    } catch (error) {
      const { name } = Object(error) as Error;
      if (name === "ResourceNotFoundException") {
        return undefined;
      }
      if (name !== "AccessDeniedException" || Date.now() >= deniedUntil) {
        throw error;
      }
      await sleep(RETRY_MS);
    }
  }
}
