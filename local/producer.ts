/** Puts records on the local stream the way a caller of Firehose does: PutRecordBatch by the AWS SDK. */
import { FirehoseClient, PutRecordBatchCommand, ServiceUnavailableException } from "@aws-sdk/client-firehose";
import { BATCH_BYTES, BATCH_RECORDS } from "./firehose-api";

/** Collects records into the largest batches that the API takes, and puts them one after the other. */
export class Producer {
  readonly #client: FirehoseClient;
  readonly #streamName: string;
  readonly #signal: AbortSignal;
  #records: Buffer[] = [];
  #bytes = 0;

  /**
   * @param origin where the stream listens
   * @param region of the stream, which the SDK wants to know
   */
  constructor(origin: string, region: string, streamName: string, signal: AbortSignal) {
    // The notice that a later release of the SDK will need a newer Node.js is not for the reader of a demo.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
    this.#client = new FirehoseClient({
      endpoint: origin,
      region,
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    this.#streamName = streamName;
    this.#signal = signal;
  }

  /** Takes a record, and waits where a batch has to go first. */
  async put(record: Buffer): Promise<void> {
    if (this.#records.length === BATCH_RECORDS || this.#bytes + record.length > BATCH_BYTES) await this.flush();
    this.#records.push(record);
    this.#bytes += record.length;
  }

  /** Puts what has been collected. */
  async flush(): Promise<void> {
    if (this.#records.length === 0) return;
    const records = this.#records;
    this.#records = [];
    this.#bytes = 0;
    // A throttled caller must retry, or it loses its records.
    while (!(await this.#put(records)));
  }

  close(): void {
    this.#client.destroy();
  }

  /** False if the stream is full, even after the SDK's own retries, which pause in between. */
  async #put(records: readonly Buffer[]): Promise<boolean> {
    const command = new PutRecordBatchCommand({
      DeliveryStreamName: this.#streamName,
      Records: records.map((Data) => ({ Data })),
    });
    try {
      const { FailedPutCount } = await this.#client.send(command, { abortSignal: this.#signal });
      if (FailedPutCount === 0) return true;
      throw new Error(`The local stream did not take ${FailedPutCount} of ${records.length} records.`);
    } catch (error) {
      if (error instanceof ServiceUnavailableException) return false;
      throw error;
    }
  }
}
