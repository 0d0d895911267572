/**
 * A made-up AWS: one delivery stream with its function, its bucket and its secret, and Moesif behind it, which fail on
 * purpose. What it consists of, real or not, is passed to it.
 */
import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { BackupBucket, type ObjectStore, PutRefused } from "../../local/backup-bucket";
import { quotaOf } from "../../local/capacity";
import { type Clock, sleep } from "../../local/clock";
import { DeliveryStream } from "../../local/delivery-stream";
import { errorLogLine } from "../../local/firehose-failures";
import { THROTTLED } from "../../local/firehose-api";
import type { Attempt, EndpointRequest } from "../../local/http-endpoint";
import { Metrics, StreamMetrics } from "../../local/metrics";
import type { SynthesizedStack } from "../../local/synthesized-stack";
import type { Random } from "../fuzz/random";
import { namesIn } from "./calls";
import type { Controls } from "./catalogue";
import { type ExecutionEnvironment, LambdaService } from "./lambda-service";
import { failedLinesIn } from "./ledger";
import { Moesif } from "./moesif";

/** What an AWS is made of. */
export interface Backing {
  /** The deployed configuration. */
  readonly stack: SynthesizedStack;
  readonly clock: Clock;
  readonly random: Random;
  readonly store: ObjectStore;
  /** Starts an execution environment of the deployed function. */
  readonly start: (aws: MadeUpAws) => ExecutionEnvironment | Promise<ExecutionEnvironment>;
  /** Makes one attempt to deliver. */
  readonly attempt: (request: EndpointRequest, moesif: Moesif) => Promise<Attempt>;
  /** The application id that the secret holds. */
  readonly readSecret: (applicationId: string) => Promise<string>;
  /** Puts another application id into the secret. */
  readonly writeSecret?: (applicationId: string) => void;
  /** Where the function's own time is another. */
  readonly functionClock?: Clock;
  /** Of the function. Default: as deployed. */
  readonly timeoutSeconds?: () => number | undefined;
  /** How many invocations, or deliveries, there are to one that fails. Default: 1. */
  readonly oneIn?: number;
}

/** Firehose reads a secret again every ten minutes (https://docs.aws.amazon.com/firehose/latest/dev/using-secrets-manager.html). */
const SECRET_MS = 10 * 60_000;

const PUT_AGAIN_SECONDS = 30;

const BUCKET_ARN = "arn:aws:s3:::backup";

/** One run's AWS. */
export class MadeUpAws implements Controls {
  readonly metrics = new Metrics();
  readonly moesif: Moesif;
  readonly lambda: LambdaService;
  readonly stream: DeliveryStream;
  readonly bucket: BackupBucket;
  /** What the function printed. */
  readonly log: string[] = [];
  /** What Firehose wrote into its error log. */
  readonly errorLog: { readonly time: number; readonly line: string }[] = [];
  /** Names of calls that Firehose lost, as its documentation says. */
  readonly lostByAws = new Set<string>();
  /** Records that the function put back. */
  putBack = 0;
  deliveries: Controls["deliveries"];
  config: Controls["config"];
  invocation: Controls["invocation"];
  isBucketRefused = false;
  isSecretMissing = false;
  settings: Controls["settings"];
  putBackRefusals = 0;
  isDeliveredTwice = false;
  isThrottled = false;
  quota: Controls["quota"];
  isQuiet = false;
  /** The application id that Moesif takes. */
  applicationId = "application-id-0";
  /** Counts what was deployed. */
  version = 0;
  readonly #backing: Backing;
  readonly #abort = new AbortController();
  #secret: { readonly value: string; readonly readAt: number } | undefined;
  #error: unknown;

  constructor(backing: Backing) {
    this.#backing = backing;
    const { stack, clock, random, oneIn = 1 } = backing;
    const { signal } = this.#abort;
    setMaxListeners(0, signal); // every wait listens
    const metrics = new StreamMetrics(this.metrics, stack.stream.name, clock);
    const logError = (line: string): void => void this.errorLog.push({ time: clock.now(), line });
    const onError = (error: unknown): void => void (this.#error ??= signal.aborted ? undefined : error);
    const happens = () => oneIn === 1 || random.oneIn(oneIn);
    this.moesif = new Moesif(clock, new URL(stack.stream.url).pathname, () => this.applicationId);
    this.moesif.behaviour = () => (this.deliveries && happens() ? this.deliveries : {});
    this.moesif.configBehaviour = () => this.config ?? {};
    const { name, timeoutSeconds } = stack.processor!.function;
    this.lambda = new LambdaService({
      name,
      timeoutSeconds: () => backing.timeoutSeconds?.() ?? timeoutSeconds,
      clock: backing.functionClock ?? clock,
      metrics: this.metrics,
      start: () => backing.start(this),
      fault: () => (this.invocation && happens() ? this.invocation : undefined),
    });
    this.bucket = new BackupBucket({
      store: { put: (key, content) => this.#store(key, content) },
      stream: stack.stream,
      clock,
      signal,
      metrics,
      onRefused: (refusal) => logError(errorLogLine(stack.stream.arn, BUCKET_ARN, refusal)),
      onError,
      onExpired: (content) => this.#lose(failedLinesIn(content).map(({ rawData }) => rawData)),
    });
    this.stream = new DeliveryStream({
      stack,
      bucket: this.bucket,
      clock,
      origin: new URL(stack.stream.url).origin,
      accessKey: "",
      invoke: (payload) => this.lambda.invoke(payload),
      attempt: (request) => this.#attempt(request),
      random: () => random.below(1_000_000) / 1_000_000,
      metrics,
      quota: () => this.quota ?? quotaOf(stack.region),
      refuses: () => this.isThrottled,
      logError,
      signal,
      onError,
      onLost: (_, records) => this.#lose(records.map(({ data }) => data)),
    });
  }

  get clock(): Clock {
    return this.#backing.clock;
  }

  /** Puts a record on the stream, again and again, as CloudWatch Logs does: AWS does not say whether API Gateway does. */
  async put(data: Buffer): Promise<void> {
    while (!(await this.stream.put([data]))) {
      if (!this.isThrottled) throw new Error("The stream is full.");
      await sleep(this.clock, PUT_AGAIN_SECONDS);
    }
  }

  /** Takes records that the function puts back. */
  takeBack(datas: readonly Buffer[]): string[] {
    this.putBack += datas.length;
    return this.stream.putBack(datas);
  }

  /** Takes records that the function puts back, unless the stream refuses them, and answers as PutRecordBatch does. */
  putRecordBatch(records: readonly Uint8Array[]): object {
    const RequestResponses = records.map((data) => {
      if (this.#backing.random.below(100) < this.putBackRefusals) return THROTTLED;
      this.takeBack([Buffer.from(data)]);
      return { RecordId: randomUUID() };
    });
    return { FailedPutCount: RequestResponses.filter((one) => one === THROTTLED).length, RequestResponses };
  }

  /** Takes what the function prints: lines of JSON, and metrics among them. */
  print(line: string): void {
    this.log.push(line);
    this.metrics.takeLine(line);
  }

  rotateSecret(): void {
    this.applicationId = `application-id-${++this.version}`;
    this.#backing.writeSecret?.(this.applicationId);
  }

  replaceSettings(): void {
    this.version++;
    this.lambda.configured();
  }

  /** Waits until every record has come to its end. */
  async drain(): Promise<void> {
    await this.stream.drain();
    if (this.#error !== undefined) throw this.#error;
  }

  async close(): Promise<void> {
    this.#abort.abort(new Error("The run has ended."));
    this.lambda.close();
    await this.stream.close();
  }

  async #store(key: string, content: Buffer): Promise<void> {
    if (this.isBucketRefused) throw new PutRefused();
    await this.#backing.store.put(key, content);
  }

  async #attempt(request: EndpointRequest): Promise<Attempt> {
    let accessKey: string;
    try {
      accessKey = await this.#accessKey();
    } catch {
      // AWS does not document what Firehose reports where it cannot read the secret.
      return { outcome: "failed", errorCode: "undocumented", errorMessage: "The secret cannot be read." };
    }
    const signed = { ...request, headers: { ...request.headers, "X-Amz-Firehose-Access-Key": accessKey } };
    const attempt = await this.#backing.attempt(signed, this.moesif);
    if (this.isDeliveredTwice && attempt.outcome === "acknowledged") await this.#backing.attempt(signed, this.moesif);
    return attempt;
  }

  async #accessKey(): Promise<string> {
    const now = this.clock.now();
    if (this.#secret === undefined || now - this.#secret.readAt >= SECRET_MS) {
      try {
        this.#secret = { value: await this.#readSecret(), readAt: now };
      } catch (error) {
        // That Firehose goes on with what it read last is taken for granted: AWS does not document it.
        if (this.#secret === undefined) throw error;
      }
    }
    return this.#secret.value;
  }

  async #readSecret(): Promise<string> {
    if (this.isSecretMissing) throw new Error("There is no secret.");
    return this.#backing.readSecret(this.applicationId);
  }

  #lose(datas: readonly Buffer[]): void {
    for (const data of datas) for (const name of namesIn(data)) this.lostByAws.add(name);
  }
}
