/** What a run sends, and by which road. */
import { UsageError } from "../common/usage-error";
import { readRecords } from "./input";
import type { Road } from "./road";
import { asCallsOfOtherApis } from "./sample-calls";
import { inLastMinute } from "./sample-times";
import type { SynthesizedStack } from "./synthesized-stack";

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
  /** The road to take. Default: to the stream; of the sample, where there is a log group, a part through that as well. */
  readonly through?: Road;
}

/** Access logs that take one road. */
export interface Feed {
  readonly road: Road;
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
  if (!isSample) return yield { road: through ?? "stream", logs: records };
  const calls: Buffer[] = [];
  for await (const record of records) calls.push(record);
  const sample = inLastMinute(calls, Date.now());
  if (through !== "log-group") yield { road: "stream", logs: streamOf(sample) };
  if (through === "stream" || !subscription) return;
  const some = through === undefined ? sample.filter((_, index) => index % ONE_IN === 0) : sample;
  yield { road: "log-group", logs: streamOf(asCallsOfOtherApis(some)) };
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
