/** One local run: a synthesized stack, records through it, and an account of every record from independent places. */
import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { BackupBucket } from "./backup-bucket";
import { scaledClock } from "./clock";
import { DeliveryStream, type RecordSample } from "./delivery-stream";
import { EventIds, parseEvents } from "./events";
import { countFailures } from "./firehose-failures";
import { createFirehoseApi, type PutTarget } from "./firehose-api";
import { eventsByReason } from "./function-log";
import { readRecords } from "./input";
import { listen, stop } from "./local-server";
import { MoesifStandIn, type StandInOptions } from "./moesif-stand-in";
import { Producer } from "./producer";
import { inLastMinute } from "./sample-times";
import { readSynthesizedStack } from "./synthesized-stack";
import { TransformerFunction } from "./transformer-function";
import { openWorkspace } from "./workspace";

/** What to run, and how. */
export interface RunOptions {
  /** The `cdk.tf.json` of the stack. */
  readonly stackFile: string;
  /** A file of records, or `-` for standard input. */
  readonly input: string;
  /** Whether the records are moved into the last minute, as those of the sample have to be. */
  readonly inLastMinute?: boolean;
  /** Directory for the backup bucket, the secrets and the function's log. */
  readonly out: string;
  /** How many times faster than real time the services run. */
  readonly timeScale: number;
  /** How the stand-in for Moesif behaves. */
  readonly moesif?: Omit<StandInOptions, "accessKey" | "path">;
  /** Real seconds that the endpoint has to reply; as documented, 180. */
  readonly replySeconds?: number;
  readonly signal?: AbortSignal;
  readonly onStarted?: (streamName: string, origin: string) => void;
  readonly onProgress?: (read: number, settled: number) => void;
}

/** The account of a run. */
export interface RunResult {
  /** Counted by the reader. */
  readonly recordsIn: number;
  /** Records that the stand-in for Moesif acknowledged. */
  readonly delivered: number;
  /** Records that the transformer's answers dropped. */
  readonly dropped: number;
  /** Records read back from the objects in the backup bucket. */
  readonly failed: number;
  /** What is left: `recordsIn + putBack - delivered - dropped - failed`. */
  readonly lost: number;
  /** HTTP requests that reached the stand-in, each retry included. */
  readonly requests: number;
  readonly seconds: number;
  /** Records that the transformer put on the stream, each of which came to an end of its own. */
  readonly putBack: number;
  /** Dropped and failed events by reason, as far as the transformer's log tells. */
  readonly droppedByReason: Readonly<Record<string, number>>;
  readonly failedByReason: Readonly<Record<string, number>>;
  /** Events in the delivered records. */
  readonly events: number;
  /** Delivered events with an id that another had, beyond those that the input repeats. */
  readonly repeatedEvents: number;
  /** Bytes of the requests' bodies. */
  readonly bytesSent: number;
  readonly streamName: string;
  readonly backupDirectory: string;
  readonly transformerLog: string;
  /** Records that the endpoint refused as too large, which Firehose neither retries nor keeps. */
  readonly refusedAsTooLarge: number;
  /** Failed records by error code. */
  readonly failures: Readonly<Record<string, number>>;
  /** Broken rules of the contract, and how often. */
  readonly violations: Readonly<Record<string, number>>;
  readonly sample?: RecordSample;
}

type Closer = () => void | Promise<void>;

/** Runs records through a stack. Whatever happens, nothing is left running. */
export async function run(options: RunOptions): Promise<RunResult> {
  const controller = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, controller.signal]) : controller.signal;
  setMaxListeners(0, signal); // every wait and every request listens
  const closers: Closer[] = [];
  try {
    const parts = await assemble(options, signal, (error) => controller.abort(error), closers);
    const feeding = feed(options, parts, signal);
    return await Promise.race([feeding, rejectionBy(signal)]);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    controller.abort(new Error("The run has ended."));
    for (const close of closers.reverse()) await close();
  }
}

/** Rejects when `signal` aborts, so that nothing that hangs can keep a run from ending. */
function rejectionBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
}

interface Parts {
  readonly standIn: MoesifStandIn;
  readonly bucket: BackupBucket;
  readonly stream: DeliveryStream;
  readonly producer: Producer;
  readonly transformerLog: string;
}

async function assemble(
  options: RunOptions,
  signal: AbortSignal,
  onError: (error: unknown) => void,
  closers: Closer[],
): Promise<Parts> {
  const stack = readSynthesizedStack(options.stackFile);
  const workspace = openWorkspace(options.out);
  const clock = scaledClock(options.timeScale);

  const { pathname, search } = new URL(stack.stream.url);
  const path = pathname + search;
  const standIn = new MoesifStandIn({ ...options.moesif, accessKey: workspace.applicationId, path });
  const origin = await standIn.start();
  closers.push(() => standIn.stop());

  const directory = join(workspace.backup, stack.stream.name);
  const bucket = new BackupBucket({ directory, stream: stack.stream, clock, onError });
  const stream = new DeliveryStream({
    stack,
    bucket,
    clock,
    origin,
    accessKey: stack.stream.hasAccessKey ? workspace.applicationId : undefined,
    invoke: (payload) => transformer!.invoke(payload), // it is there where processing is on
    replySeconds: options.replySeconds,
    signal,
    onError,
  });
  closers.push(() => stream.close());

  const apiOrigin = await serve(stream, closers);
  // An address of its own: from there come the records that the transformer puts back.
  const putBack: PutTarget = { name: stream.name, put: (data) => stream.putBack(data) };
  const surroundings = { ...workspace, moesifOrigin: origin, firehoseOrigin: await serve(putBack, closers) };
  const transformer =
    stack.processor &&
    new TransformerFunction({
      function: stack.processor.function,
      region: stack.region,
      surroundings,
      logFile: workspace.logFile,
    });
  closers.push(() => transformer?.close()); // before the stream, which waits for an invocation under way
  const producer = new Producer(apiOrigin, stack.region, stream.name, signal);
  closers.push(() => producer.close());
  options.onStarted?.(stream.name, apiOrigin);
  return { standIn, bucket, stream, producer, transformerLog: workspace.logFile };
}

/** Serves the API of Firehose, and returns its origin. */
async function serve(target: PutTarget, closers: Closer[]): Promise<string> {
  const api = createFirehoseApi(target);
  const origin = await listen(api);
  closers.push(() => stop(api));
  return origin;
}

async function feed(options: RunOptions, parts: Parts, signal: AbortSignal): Promise<RunResult> {
  const { stream, producer } = parts;
  const startedAt = performance.now();
  const inputIds = new EventIds();
  let recordsIn = 0;
  const progress = (): void => {
    const { putBack, dropped, delivered, failed, lost } = stream.counts;
    options.onProgress?.(recordsIn + putBack, dropped + delivered + failed + lost);
  };
  const ticking = setInterval(progress, 200);
  try {
    for await (const record of recordsOf(options, signal)) {
      recordsIn++;
      for (const event of parseEvents(record.toString("utf8")) ?? []) inputIds.add(event);
      await producer.put(record);
    }
    await producer.flush();
    await stream.drain();
    signal.throwIfAborted();
  } finally {
    clearInterval(ticking);
  }
  progress();
  return account(parts, recordsIn, inputIds, (performance.now() - startedAt) / 1000);
}

async function* recordsOf(options: RunOptions, signal: AbortSignal): AsyncGenerator<Buffer> {
  const records = readRecords(options.input, { signal });
  if (!options.inLastMinute) return yield* records;
  const whole: Buffer[] = [];
  for await (const record of records) whole.push(record);
  yield* inLastMinute(whole, Date.now());
}

function account(
  { standIn, bucket, stream, transformerLog }: Parts,
  recordsIn: number,
  inputIds: EventIds,
  seconds: number,
): RunResult {
  const { received, events } = standIn;
  const failures = countFailures(bucket.directory);
  const delivered = received.records;
  const { putBack, dropped, lost: refusedAsTooLarge } = stream.counts;
  return {
    recordsIn,
    delivered,
    dropped,
    failed: failures.records,
    lost: recordsIn + putBack - delivered - dropped - failures.records,
    requests: received.requests,
    seconds: Math.round(seconds * 1000) / 1000,
    putBack,
    droppedByReason: eventsByReason(transformerLog, "dropped"),
    failedByReason: eventsByReason(transformerLog, "failed"),
    events: events.events,
    repeatedEvents: Math.max(0, events.repeated - inputIds.repeated),
    bytesSent: received.bytes,
    streamName: stream.name,
    backupDirectory: bucket.directory,
    transformerLog,
    refusedAsTooLarge,
    failures: Object.fromEntries(failures.byCode),
    violations: Object.fromEntries(received.violations),
    sample: stream.sample,
  };
}
