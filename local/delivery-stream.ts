/** The delivery stream: takes records in, has them transformed, delivers them, and keeps what failed. */
import { Agent } from "node:http";
import { BackgroundTasks } from "./background-tasks";
import type { BackupBucket } from "./backup-bucket";
import { BatchBuffer } from "./batch-buffer";
import { Capacity, type Quota, quotaOf, RETENTION_SECONDS } from "./capacity";
import type { Clock } from "./clock";
import { evenly, type Faults } from "./faults";
import { deliveryFailureLine, errorLogLine, processingFailureLine } from "./firehose-failures";
import { buildRequest, deliver, RECORDS_PER_REQUEST, type Delivery } from "./http-delivery";
import { attemptDelivery, type Attempt, type EndpointRequest } from "./http-endpoint";
import type { StreamMetrics } from "./metrics";
import { mostTelling, type EventSample } from "./event-sample";
import { eventsIn } from "./packed-events";
import { processBatch } from "./processing";
import { MIB, type StreamRecord } from "./stream-record";
import type { SynthesizedStack } from "./synthesized-stack";
import type { Invocation } from "./transformer-function";

/** Bytes of records held at once. Beyond that a caller waits, and is then asked to retry. */
const CAPACITY = 64 * MIB;
const PATIENCE_MS = 10_000;

/** What a stream is made of. */
export interface DeliveryStreamOptions {
  readonly stack: SynthesizedStack;
  readonly bucket: BackupBucket;
  readonly clock: Clock;
  /** Where requests go instead of the endpoint's own origin; the path stays. */
  readonly origin: string;
  readonly accessKey: string;
  /** Runs the transformer; not needed where processing is off. */
  readonly invoke?: (payload: string) => Promise<Invocation>;
  /** See {@link AttemptOptions.replySeconds}. */
  readonly replySeconds?: number;
  /** Makes one attempt to deliver. Default: by HTTP. */
  readonly attempt?: (request: EndpointRequest) => Promise<Attempt>;
  /** A number from 0 to 1, for the jitter of retries. */
  readonly random?: () => number;
  readonly metrics?: StreamMetrics;
  readonly faults?: Faults;
  readonly signal?: AbortSignal;
  /** The quota of the stream. Default: that of its region; it is shown, and not enforced. */
  readonly quota?: () => Quota;
  /** Whether a request is refused, as if more came than the quota allows. Default: never. */
  readonly refuses?: () => boolean;
  /** Takes each line of Firehose's log of errors of delivery and processing. */
  readonly logError?: (line: string) => void;
  /** Called with records that Firehose loses, as its documentation says. */
  readonly onLost?: (reason: "too-large" | "expired", records: readonly StreamRecord[]) => void;
  /** Called once something fails that a real stream would not let happen, such as a full disk. */
  readonly onError: (error: unknown) => void;
}

/** The stream's own counts of records; the report trusts others for all but `putBack` and `dropped`. */
export interface StreamCounts {
  /** Put on the stream by the transformer; each comes to an end of its own. */
  putBack: number;
  /** Dropped by the transformer's answer. */
  dropped: number;
  delivered: number;
  failed: number;
  /** Refused by the endpoint with 413, or neither delivered nor kept within 24 hours. */
  lost: number;
  /** Delivered once more, after their first delivery was acknowledged. */
  deliveredAgain: number;
  /** Events in those. */
  eventsDeliveredAgain: number;
}

/** A delivery stream as synthesized. */
export class DeliveryStream {
  readonly name: string;
  readonly counts: StreamCounts = {
    putBack: 0,
    dropped: 0,
    delivered: 0,
    failed: 0,
    lost: 0,
    deliveredAgain: 0,
    eventsDeliveredAgain: 0,
  };
  /** One event of the first batch that the transformer passed on. */
  sample: EventSample | undefined;

  readonly #options: DeliveryStreamOptions;
  readonly #capacity = new Capacity(CAPACITY);
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: URL;
  readonly #processing: BackgroundTasks;
  readonly #delivering: BackgroundTasks;
  readonly #toProcess: BatchBuffer<StreamRecord> | undefined;
  readonly #toDeliver: BatchBuffer<StreamRecord>;
  readonly #isDuplicated: () => boolean;
  readonly #held = new Set<StreamRecord>();
  /** While neither the endpoint nor the bucket takes anything: ends when one of them does. */
  #pause: Promise<void> | undefined;
  #sequence = 0;

  constructor(options: DeliveryStreamOptions) {
    const { stream, processor } = options.stack;
    const { clock, onError } = options;
    this.#options = options;
    this.#isDuplicated = evenly(options.faults?.duplicateDeliveries);
    this.name = stream.name;
    const { pathname, search } = new URL(stream.url);
    // Not resolved against the origin: a path that begins with // would be taken for another host.
    this.#url = new URL(options.origin + pathname + search);
    this.#processing = new BackgroundTasks(onError);
    this.#delivering = new BackgroundTasks(onError);
    this.#toDeliver = new BatchBuffer<StreamRecord>(
      {
        bytes: stream.buffering.megabytes * MIB,
        seconds: stream.buffering.seconds,
        items: RECORDS_PER_REQUEST,
      },
      ({ data }) => data.length,
      clock,
      (batch) => this.#delivering.add(this.#deliver(batch)),
    );
    this.#toProcess =
      processor &&
      new BatchBuffer<StreamRecord>(
        { bytes: processor.buffering.megabytes * MIB, seconds: processor.buffering.seconds },
        ({ size }) => size,
        clock,
        (batch) => this.#processing.add(this.#process(batch)),
      );
  }

  /** Takes records in and returns their ids; undefined if the stream stays full for too long. */
  async put(data: readonly Buffer[]): Promise<string[] | undefined> {
    const size = data.reduce((sum, { length }) => sum + length, 0);
    const { metrics, refuses = () => false } = this.#options;
    const hasRoom = !refuses() && (await this.#capacity.acquire(size, PATIENCE_MS));
    metrics?.put("ThrottledRecords", hasRoom ? 0 : data.length);
    if (!hasRoom) return undefined;
    metrics?.put("IncomingRecords", data.length);
    metrics?.put("IncomingBytes", size);
    metrics?.put("IncomingPutRequests", 1);
    const { bytes, records, requests } = this.#options.quota?.() ?? quotaOf(this.#options.stack.region);
    metrics?.put("BytesPerSecondLimit", bytes);
    metrics?.put("RecordsPerSecondLimit", records);
    metrics?.put("PutRequestsPerSecondLimit", requests);
    return data.map((bytes) => this.#add(bytes));
  }

  /**
   * Takes records from the transformer, without waiting while the stream is full: it could only be emptied by the
   * transformer, which waits for this call.
   */
  putBack(data: readonly Buffer[]): string[] {
    this.#capacity.take(data.reduce((sum, { length }) => sum + length, 0));
    this.counts.putBack += data.length;
    return data.map((bytes) => this.#add(bytes));
  }

  /** Flushes every buffer, and waits until each record is delivered, dropped or kept. */
  async drain(): Promise<void> {
    do {
      this.#toProcess?.flush();
      await this.#processing.idle();
    } while (this.#toProcess?.isEmpty === false); // the transformer may have put records back
    this.#toDeliver.flush();
    await this.#delivering.idle();
    await this.#options.bucket.flush();
  }

  /** Discards what is buffered. The signal that the stream was given ends the work under way. */
  async close(): Promise<void> {
    this.#toProcess?.clear();
    await this.#processing.idle();
    this.#toDeliver.clear();
    await this.#delivering.idle();
    this.#agent.destroy();
    await this.#options.bucket.close();
  }

  #add(data: Buffer): string {
    const id = String(++this.#sequence).padStart(56, "0");
    this.#take({ id, arrival: this.#options.clock.now(), data, size: data.length });
    return id;
  }

  /**
   * With the backup mode AllData every incoming record is kept, delivered or not
   * (https://docs.aws.amazon.com/firehose/latest/dev/create-configure-backup.html).
   */
  #take(record: StreamRecord): void {
    const { stack, bucket } = this.#options;
    this.#held.add(record);
    if (stack.stream.backupMode === "AllData") bucket.addRecord(record);
    (this.#toProcess ?? this.#toDeliver).add(record);
  }

  async #process(batch: readonly StreamRecord[]): Promise<void> {
    const { stack, bucket, clock, signal, invoke, metrics, logError } = this.#options;
    const { processor, region, stream } = stack;
    if (!processor || !invoke) throw new Error(`The stream ${stream.name} has no function to process records with.`);
    const { retries } = processor;
    const processed = await processBatch(batch, {
      invoke,
      retries,
      streamArn: stream.arn,
      region,
      clock,
      signal,
      metrics,
      onFailure: (failure) => logError?.(errorLogLine(stream.arn, processor.function.arn, failure)),
    });
    const succeeded = [...processed.ok.map(({ before }) => before), ...processed.dropped];
    metrics?.put("SucceedProcessing.Records", succeeded.length);
    metrics?.put(
      "SucceedProcessing.Bytes",
      succeeded.reduce((sum, { size }) => sum + size, 0),
    );
    for (const { record, failure } of processed.failed)
      bucket.addFailure(
        "processing-failed",
        processingFailureLine(record, failure, `${processor.function.arn}:$LATEST`),
      );
    this.#settle(
      "failed",
      processed.failed.map(({ record }) => record),
    );
    this.#settle("dropped", processed.dropped);
    this.sample ??= mostTelling(processed.ok);
    for (const { before, after } of processed.ok) {
      this.#held.delete(before);
      this.#held.add(after);
      this.#toDeliver.add(after);
    }
  }

  async #deliver(batch: readonly StreamRecord[]): Promise<void> {
    const delivery = await this.#sendUnlessPaused(batch);
    if (delivery.outcome === "failed")
      for (const record of batch)
        this.#options.bucket.addFailure("http-endpoint-failed", deliveryFailureLine(record, delivery.failure));
    if (delivery.outcome === "lost") this.#options.onLost?.(this.#isExpired(batch) ? "expired" : "too-large", batch);
    if (delivery.outcome === "delivered") await this.#deliverAgain(batch.filter(this.#isDuplicated));
    this.#settle(delivery.outcome, batch);
  }

  /**
   * Delivers a batch. When neither the endpoint nor the bucket takes anything, delivery pauses until one of them does
   * (https://docs.aws.amazon.com/firehose/latest/dev/retry.html): this batch goes on trying, and others wait for it.
   */
  async #sendUnlessPaused(batch: readonly StreamRecord[]): Promise<Delivery> {
    while (this.#pause) await this.#pause;
    let delivery = await this.#send(batch);
    if (delivery.outcome !== "failed" || !this.#options.bucket.isRefused) return delivery;
    if (this.#pause) return this.#sendUnlessPaused(batch);
    let resume = (): void => undefined;
    this.#pause = new Promise((resolve) => (resume = resolve));
    try {
      while (delivery.outcome === "failed" && this.#options.bucket.isRefused) {
        if (this.#isExpired(batch)) return { outcome: "lost" };
        delivery = await this.#send(batch);
      }
      return delivery;
    } finally {
      this.#pause = undefined;
      resume();
    }
  }

  #isExpired(batch: readonly StreamRecord[]): boolean {
    return this.#options.clock.now() - batch[0]!.arrival > RETENTION_SECONDS * 1000;
  }

  /** Delivers records in a further request, as happens after a time-out of a request that went through after all. */
  async #deliverAgain(records: readonly StreamRecord[]): Promise<void> {
    if (records.length === 0 || (await this.#send(records)).outcome !== "delivered") return;
    this.counts.deliveredAgain += records.length;
    for (const { data } of records) this.counts.eventsDeliveredAgain += eventsIn(data).count;
  }

  async #send(records: readonly StreamRecord[]): Promise<Delivery> {
    const { stack, clock, accessKey, signal, replySeconds, random } = this.#options;
    const { stream } = stack;
    const request = await buildRequest(records, stream, this.#url, accessKey, clock.now());
    const options = { signal, replySeconds, agent: this.#agent };
    const { attempt = (one: EndpointRequest) => attemptDelivery(one, options) } = this.#options;
    return deliver(request, {
      ...options,
      clock,
      random,
      retrySeconds: stream.retrySeconds,
      attempt: async (one) => this.#measured(records, await attempt(one)),
    });
  }

  /**
   * Counts an attempt as CloudWatch does. Without deliveries there is no DataFreshness, be it that nothing comes in or that
   * all is blocked (https://docs.aws.amazon.com/firehose/latest/dev/data-freshness-metric-not-emitted.html).
   */
  #measured(records: readonly StreamRecord[], attempt: Attempt): Attempt {
    const { metrics, clock, stack, logError } = this.#options;
    if (attempt.outcome !== "acknowledged") logError?.(errorLogLine(stack.stream.arn, stack.stream.url, attempt));
    if (!metrics) return attempt;
    const isDelivered = attempt.outcome === "acknowledged";
    const bytes = records.reduce((sum, { data }) => sum + data.length, 0);
    metrics.put("DeliveryToHttpEndpoint.Success", isDelivered ? 1 : 0);
    metrics.put("DeliveryToHttpEndpoint.ProcessedRecords", records.length);
    metrics.put("DeliveryToHttpEndpoint.ProcessedBytes", bytes);
    metrics.put("DeliveryToHttpEndpoint.Records", isDelivered ? records.length : 0);
    metrics.put("DeliveryToHttpEndpoint.Bytes", isDelivered ? bytes : 0);
    let oldest = clock.now();
    for (const { arrival } of this.#held) oldest = Math.min(oldest, arrival);
    metrics.put("DeliveryToHttpEndpoint.DataFreshness", (clock.now() - oldest) / 1000);
    return attempt;
  }

  #settle(outcome: "dropped" | "delivered" | "failed" | "lost", records: readonly StreamRecord[]): void {
    this.counts[outcome] += records.length;
    for (const record of records) this.#held.delete(record);
    this.#capacity.release(records.reduce((sum, { size }) => sum + size, 0));
  }
}
