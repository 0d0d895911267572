/**
 * The data plane of a pipeline that Terraform deployed on moto: the stream as DescribeDeliveryStream gives it, the function
 * as GetFunction does, with the zip that was uploaded in processes of their own; settings, secret and backups are moto's.
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { FirehoseClient } from "@aws-sdk/client-firehose";
import { S3Client } from "@aws-sdk/client-s3";
import { MadeUpAws } from "../../bench/faults/aws";
import { Calls } from "../../bench/faults/calls";
import type { ExecutionEnvironment } from "../../bench/faults/lambda-service";
import type { Subject } from "../../bench/faults/run";
import { failedLinesIn } from "../../bench/faults/ledger";
import { Random } from "../../bench/fuzz/random";
import { openBucket, openStream } from "../../lambda/redrive/aws";
import { redriveObject } from "../../lambda/redrive/redrive";
import { scaledClock } from "../../local/clock";
import { createFirehoseApi } from "../../local/firehose-api";
import { attemptDelivery, ConnectionError, type EndpointRequest } from "../../local/http-endpoint";
import { listen, readBody, stop } from "../../local/local-server";
import { Producer } from "../../local/producer";
import type { SynthesizedStack } from "../../local/synthesized-stack";
import type { Moto } from "../support/moto";
import { UploadedFunction } from "./function-process";

const FAILED = "firehose/moesif/failed/";
const LOCAL = { accessKeyId: "local", secretAccessKey: "local" };

/** How many times faster than real time stream and bucket are. */
const SCALE = 400;

/** An execution environment that has so little ends when it starts. */
const TOO_LITTLE_MB = 8;

/** Real seconds that a function which times out on purpose has. */
const SHORT_TIMEOUT = 1;

/** A stream, its function and what is behind them, running. */
export interface DataPlane {
  /** Calls with names of their own, and what they pass through. */
  subjectOf(word: string): Subject;
  /** Leaves out of later accounts what the bucket holds now. */
  forget(): void;
  close(): Promise<void>;
}

/** A pipeline in an account and region of moto. */
export class DeployedPipeline {
  private constructor(
    private readonly moto: Moto,
    readonly account: string,
    readonly stack: SynthesizedStack,
    private readonly bucket: string,
    private readonly uploaded: UploadedFunction,
    private readonly credentials: Record<string, string>,
    private readonly s3Client: S3Client,
  ) {}

  /** Reads what was deployed. */
  static async find(moto: Moto, account: string, region: string, stream: string): Promise<DeployedPipeline> {
    const call = (service: string, target: string, body: object) => moto.call(service, target, account, region, body);
    const { DeliveryStreamDescription: description } = await call(
      "firehose",
      "Firehose_20150804.DescribeDeliveryStream",
      { DeliveryStreamName: stream },
    );
    const [{ HttpEndpointDestinationDescription: endpoint }] = description.Destinations;
    const [{ Parameters }] = endpoint.ProcessingConfiguration.Processors;
    const parameters = Object.fromEntries(Parameters.map((one: any) => [one.ParameterName, one.ParameterValue]));
    const name = /:function:([^:]+)/.exec(parameters.LambdaArn)![1]!;
    const { Configuration: configuration } = await moto.getFunction(account, region, name);
    const zip = moto.uploadOf(configuration.CodeSha256);
    const backup = endpoint.S3DestinationDescription;
    const number = (key: string, byDefault: number) => Number(parameters[key] ?? byDefault);
    const buffering = ({ SizeInMBs, IntervalInSeconds }: any) => ({ megabytes: SizeInMBs, seconds: IntervalInSeconds });
    const stack: SynthesizedStack = {
      region,
      stream: {
        name: stream,
        arn: description.DeliveryStreamARN,
        url: endpoint.EndpointConfiguration.Url,
        contentEncoding: endpoint.RequestConfiguration.ContentEncoding,
        buffering: buffering(endpoint.BufferingHints),
        retrySeconds: endpoint.RetryOptions.DurationInSeconds,
        backupMode: endpoint.S3BackupMode,
        commonAttributes: Object.fromEntries(
          (endpoint.RequestConfiguration.CommonAttributes ?? []).map((one: any) => [
            one.AttributeName,
            one.AttributeValue,
          ]),
        ),
        backup: {
          prefix: backup.Prefix,
          errorPrefix: backup.ErrorOutputPrefix,
          compression: backup.CompressionFormat,
          buffering: buffering(backup.BufferingHints),
        },
      },
      processor: {
        buffering: { megabytes: number("BufferSizeInMBs", 1), seconds: number("BufferIntervalInSeconds", 60) },
        retries: number("NumberOfRetries", 3),
        function: {
          name,
          arn: configuration.FunctionArn,
          zip: "",
          handler: configuration.Handler,
          timeoutSeconds: configuration.Timeout,
          memoryMegabytes: configuration.MemorySize,
          environment: configuration.Environment.Variables,
        },
      },
    };
    const bucket = backup.BucketARN.split(":::")[1];
    const credentials = await moto.environmentOf(account);
    const s3 = new S3Client({
      endpoint: moto.url,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId: credentials.AWS_ACCESS_KEY_ID!, secretAccessKey: "test" },
    });
    return new DeployedPipeline(moto, account, stack, bucket, new UploadedFunction(zip), credentials, s3);
  }

  close(): void {
    this.s3Client.destroy();
  }

  /** Starts the data plane. */
  async open(): Promise<DataPlane> {
    const { stack, account } = this;
    const { region, stream } = stack;
    const random = new Random(1);
    const clock = scaledClock(SCALE);
    const keys: string[] = [];
    const givenUp: string[] = [];
    const moesif = createServer((request, response) => {
      this.#answer(aws, request, response).catch(() => response.destroy());
    });
    const moesifOrigin = await listen(moesif);
    const putBack = createFirehoseApi({
      name: stream.name,
      refuses: () => random.below(100) < aws.putBackRefusals,
      put: (datas) => aws.takeBack(datas),
    });
    const origins = { LOCAL_MOESIF_ORIGIN: moesifOrigin, AWS_ENDPOINT_URL_FIREHOSE: await listen(putBack) };
    const aws: MadeUpAws = new MadeUpAws({
      stack,
      clock,
      random,
      functionClock: scaledClock(1),
      timeoutSeconds: () => (aws.invocation?.startsWith("time-out") ? SHORT_TIMEOUT : undefined),
      store: {
        put: async (key, content) => {
          await this.#s3("PUT", key, content);
          keys.push(key);
        },
      },
      attempt: (request) => {
        // Nothing listens on port 1.
        const origin = aws.deliveries?.isDown ? "http://127.0.0.1:1" : moesifOrigin;
        return attemptDelivery({ ...request, url: new URL(origin + request.url.pathname) });
      },
      readSecret: () => this.#secret(),
      writeSecret: (api_key) =>
        void this.#secretsManager("PutSecretValue", {
          SecretString: JSON.stringify({ api_key }),
          ClientRequestToken: randomUUID(),
        }),
      start: () => this.#start(aws, origins),
    });
    aws.applicationId = await this.#secret();
    const api = createFirehoseApi({ name: stream.name, put: (datas) => aws.stream.put(datas) });
    const apiOrigin = await listen(api);
    const producer = new Producer(apiOrigin, region, stream.name, new AbortController().signal);
    const firehose = new FirehoseClient({ endpoint: apiOrigin, region, credentials: LOCAL });
    const bucket = await openBucket(this.bucket, { region }, this.s3Client);
    const write = (key: string, text: string) => {
      givenUp.push(key);
      return bucket.write(key, text);
    };
    const place = {
      bucket: { ...bucket, write },
      put: await openStream(stream.name, { region }, undefined, firehose),
      prefix: FAILED,
    };
    return {
      subjectOf: (word) => ({
        aws,
        random,
        calls: new Calls(word, random, account, { isDropped: () => false }),
        put: async (data) => {
          await producer.put(data);
          await producer.flush();
        },
        failed: async () =>
          (await Promise.all([...keys, ...givenUp].map((key) => this.#read(key)))).flatMap(failedLinesIn),
        redrive: async () => {
          for (const key of keys.splice(0)) await redriveObject(place, key, { send: true, quietMinutes: 0 });
        },
      }),
      forget: () => void [keys, givenUp].forEach((list) => list.splice(0)),
      close: async () => {
        await aws.close();
        producer.close();
        firehose.destroy();
        await Promise.all([moesif, putBack, api].map(stop));
      },
    };
  }

  async #start(aws: MadeUpAws, origins: Readonly<Record<string, string>>): Promise<ExecutionEnvironment> {
    const { environment, name, memoryMegabytes } = this.stack.processor!.function;
    const variables: Record<string, string> = {
      ...this.credentials,
      AWS_REGION: this.stack.region,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
      ...environment,
      ...origins,
    };
    if (aws.settings !== undefined) variables["SETTINGS_URL"] = await this.#damagedSettings(aws.settings);
    if (aws.isSecretMissing) variables["APPLICATION_ID_SECRET"] += "-missing";
    const memory = aws.invocation === "out of memory" ? TOO_LITTLE_MB : memoryMegabytes;
    return this.uploaded.start(variables, memory, (line) => aws.print(line));
  }

  async #damagedSettings(how: "missing" | "broken"): Promise<string> {
    const key = `transformer/damaged/${how}.json`;
    if (how === "broken") await this.#s3("PUT", key, Buffer.from('{"version":1,'));
    return `s3://${this.bucket}/${key}`;
  }

  async #secret(): Promise<string> {
    const { SecretString } = await this.#secretsManager("GetSecretValue");
    return JSON.parse(SecretString).api_key;
  }

  #secretsManager(operation: string, input: object = {}): Promise<any> {
    const SecretId = this.stack.processor!.function.environment["APPLICATION_ID_SECRET"];
    const body = { SecretId, ...input };
    return this.moto.call("secretsmanager", `secretsmanager.${operation}`, this.account, this.stack.region, body);
  }

  async #s3(method: "GET" | "PUT", key: string, body?: Buffer): Promise<Response> {
    const { account, stack } = this;
    const response = await this.moto.s3(method, `${this.bucket}/${key}`, body, { account, region: stack.region });
    if (!response.ok) throw new Error(`${method} ${key}: ${response.status} ${await response.text()}`);
    return response;
  }

  async #read(key: string): Promise<Buffer> {
    const bytes = Buffer.from(await (await this.#s3("GET", key)).arrayBuffer());
    return key.endsWith(".gz") ? gunzipSync(bytes) : bytes;
  }

  /** Moesif by HTTP. */
  async #answer({ moesif }: MadeUpAws, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = request.headers as Record<string, string>;
    try {
      const answer =
        request.method === "GET"
          ? await moesif.config(headers)
          : await moesif.post({
              url: new URL(request.url!, this.stack.stream.url),
              requestId: headers["x-amz-firehose-request-id"]!,
              headers,
              body: (await readBody(request, Infinity))!,
            } satisfies EndpointRequest);
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body);
    } catch (error) {
      if (!(error instanceof ConnectionError || error instanceof TypeError)) throw error;
      response.destroy();
    }
  }
}
