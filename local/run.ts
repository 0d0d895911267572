/** One local run: a synthesized stack, access logs through it, and an account of every one of them. */
import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { accountOf, type Counts, countsOf, countsSince, Intake, type Places, type RunResult } from "./account";
import { BackupBucket, Folder } from "./backup-bucket";
import { type Clock, scaledClock } from "./clock";
import { DeliveryStream } from "./delivery-stream";
import { evenly, type Faults } from "./faults";
import { createFirehoseApi, type PutTarget } from "./firehose-api";
import { type DeliveryPath, type Feed, feedsOf, type Input } from "./feeds";
import { listen, stop } from "./local-server";
import { envelopesOf } from "./log-subscription";
import { MoesifStandIn, type StandInOptions } from "./moesif-stand-in";
import { eventsIn } from "./packed-events";
import { Producer } from "./producer";
import { readSynthesizedStack, type SynthesizedStack } from "./synthesized-stack";
import { TransformerFunction } from "./transformer-function";
import { openWorkspace } from "./workspace";

/** What to run, and how. */
export interface RunOptions extends Input {
  /** The `cdk.tf.json` of the stack. */
  readonly stackFile: string;
  /** Directory for the backup bucket, the secrets and the function's log. */
  readonly out: string;
  /** How many times faster than real time the services run. */
  readonly timeScale: number;
  /** How the stand-in for Moesif behaves. */
  readonly moesif?: Omit<StandInOptions, "accessKey" | "path">;
  readonly faults?: Faults;
  /** Real seconds that the endpoint has to reply; as documented, 180. */
  readonly replySeconds?: number;
  readonly signal?: AbortSignal;
  readonly onStarted?: (streamName: string, origin: string) => void;
  readonly onProgress?: (read: number, settled: number) => void;
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

interface Parts extends Places {
  readonly stack: SynthesizedStack;
  readonly clock: Clock;
  readonly producer: Producer;
  readonly intake: Intake;
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
  const bucket = new BackupBucket({ store: new Folder(directory), stream: stack.stream, clock, signal, onError });
  const stream = new DeliveryStream({
    stack,
    bucket,
    clock,
    origin,
    accessKey: workspace.applicationId,
    invoke: (payload) => transformer!.invoke(payload), // it is there where processing is on
    replySeconds: options.replySeconds,
    faults: options.faults,
    signal,
    onError,
  });
  closers.push(() => stream.close());

  const apiOrigin = await serve(stream, closers);
  // An address of its own: from there come the records that the transformer puts back.
  const intake = new Intake();
  const isRefused = evenly(options.faults?.putBackFailures);
  const putBack: PutTarget = {
    name: stream.name,
    refuses() {
      const refused = isRefused();
      if (refused) intake.putBackRefused++;
      return refused;
    },
    put(data) {
      for (const record of data) intake.eventsPutBack += eventsIn(record).count;
      return stream.putBack(data);
    },
  };
  const surroundings = { ...workspace, moesifOrigin: origin, firehoseOrigin: await serve(putBack, closers) };
  const transformer =
    stack.processor &&
    new TransformerFunction({
      function: stack.processor.function,
      region: stack.region,
      surroundings,
      logFile: workspace.logFile,
      onError,
    });
  closers.push(() => transformer?.close()); // before the stream, which waits for an invocation under way
  const producer = new Producer(apiOrigin, stack.region, stream.name, signal);
  closers.push(() => producer.close());
  options.onStarted?.(stream.name, apiOrigin);
  const places = { standIn, stream, backupDirectory: directory, transformerLog: workspace.logFile };
  return { ...places, stack, clock, producer, intake };
}

/** Serves the API of Firehose, and returns its origin. */
async function serve(target: PutTarget, closers: Closer[]): Promise<string> {
  const api = createFirehoseApi(target);
  const origin = await listen(api);
  closers.push(() => stop(api));
  return origin;
}

async function feed(options: RunOptions, parts: Parts, signal: AbortSignal): Promise<RunResult> {
  const { stream, intake } = parts;
  const startedAt = performance.now();
  const progress = (): void => {
    const { putBack, dropped, delivered, failed, lost } = stream.counts;
    options.onProgress?.(intake.recordsIn + putBack, dropped + delivered + failed + lost);
  };
  const ticking = setInterval(progress, 200);
  const deliveryPaths: Partial<Record<DeliveryPath, Counts>> = {};
  try {
    for await (const one of feedsOf(options, parts.stack, signal, (line) => intake.addTooLong(line))) {
      const before = countsOf(parts, intake);
      await send(one, parts);
      // Each delivery path is drained before the next is fed, so that each has its own counts.
      await stream.drain();
      signal.throwIfAborted();
      deliveryPaths[one.deliveryPath] = countsSince(before, countsOf(parts, intake));
    }
  } finally {
    clearInterval(ticking);
  }
  progress();
  return accountOf(parts, intake, deliveryPaths, (performance.now() - startedAt) / 1000);
}

async function send({ deliveryPath, logs }: Feed, { stack, clock, producer, intake }: Parts): Promise<void> {
  const counted = countingEvents(logs, intake);
  const records = deliveryPath === "log-group" ? envelopesOf(counted, stack.subscription!, () => clock.now()) : counted;
  for await (const record of records) {
    intake.recordsIn++;
    await producer.put(record);
  }
  await producer.flush();
}

async function* countingEvents(logs: AsyncIterable<Buffer>, intake: Intake): AsyncGenerator<Buffer> {
  for await (const log of logs) {
    const { count, events } = eventsIn(log);
    intake.eventsIn += count;
    for (const event of events) intake.ids.add(event);
    yield log;
  }
}
