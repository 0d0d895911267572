/** What a run sends, and by which delivery path. */
import { UsageError } from "../common/usage-error";
import { readRecords } from "./input";
import { asCallsOfOtherApis } from "./sample-calls";
import { inLastMinute } from "./sample-times";
import type { SynthesizedStack } from "./synthesized-stack";

/** How access logs get to the delivery stream. */
export const DELIVERY_PATHS = ["stream", "log-group"] as const;
export type DeliveryPath = (typeof DELIVERY_PATHS)[number];

/** Of the sample, every so many-th call is also sent as one of an HTTP or a WebSocket API. */
const ONE_IN = 10;

/** What to send. */
export interface Input {
  /** A file of access logs, or `-` for standard input. */
  readonly input: string;
  /**
   * Whether it is the sample: its calls are moved into the last minute; and by way of the log group, where there is one,
   * they are sent as calls of HTTP and WebSocket APIs.
   */
  readonly isSample?: boolean;
  /** Default: `stream`; a part of the sample also goes through the log group, if there is one. */
  readonly through?: DeliveryPath;
}

/** Access logs that take one delivery path. */
export interface Feed {
  readonly deliveryPath: DeliveryPath;
  readonly logs: AsyncIterable<Buffer>;
}

/**
 * What is sent through a stack, one feed after the other.
 *
 * @param onTooLong takes the number of each line that no record can hold
 */
export async function* feedsOf(
  { input, isSample = false, through }: Input,
  { subscription }: Pick<SynthesizedStack, "subscription">,
  signal: AbortSignal,
  onTooLong?: (line: number) => void,
): AsyncGenerator<Feed> {
  if (through === "log-group" && !subscription) throw noLogGroup();
  const records = readRecords(input, { signal, onTooLong });
  if (!isSample) return yield { deliveryPath: through ?? "stream", logs: records };
  const calls: Buffer[] = [];
  for await (const record of records) calls.push(record);
  const sample = inLastMinute(calls, Date.now());
  if (through !== "log-group") yield { deliveryPath: "stream", logs: streamOf(sample) };
  if (through === "stream" || !subscription) return;
  const some = through === undefined ? sample.filter((_, index) => index % ONE_IN === 0) : sample;
  yield { deliveryPath: "log-group", logs: streamOf(asCallsOfOtherApis(some)) };
}

async function* streamOf(records: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* records;
}

function noLogGroup(): UsageError {
  return new UsageError(
    "--through log-group: in this stack, no log group is subscribed to the stream. In the rollout file, list a stage of " +
      "an HTTP or WebSocket API, or write under defaults:\n  stageLogs:\n    enabled: true",
  );
}
