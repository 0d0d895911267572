/**
 * A stand-in for Firehose on localhost, in AWS's JSON 1.1 protocol: takes PutRecordBatch, and answers as it is told; says where
 * a stream of an HTTP endpoint keeps what failed.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { FirehoseClient } from "@aws-sdk/client-firehose";

/** What becomes of a call: the code of each record, none for one that is taken; or an error of the whole call. */
export type Answer = readonly (string | undefined)[] | { readonly error: string; readonly status: number } | "hang up";

/** One call as it came in. */
export interface Call {
  readonly stream: string;
  readonly records: readonly string[];
  readonly bytes: number;
}

// The client's notice on the age of Node.js is not what is tested here.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

/** Records the calls; takes every record of a call for which no answer is left. */
export class FirehoseStandIn {
  readonly calls: Call[] = [];
  readonly answers: Answer[] = [];
  readonly #server: Server;

  private constructor(private readonly backup?: { readonly bucket: string; readonly prefix: string }) {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then((answer) => {
        if (answer === undefined) return request.socket.destroy();
        response.writeHead(answer.status, { "Content-Type": "application/x-amz-json-1.1" });
        return response.end(JSON.stringify(answer.body));
      });
    });
  }

  /** @param backup where each stream, but for one called `none`, keeps what failed */
  static async start(backup?: { readonly bucket: string; readonly prefix: string }): Promise<FirehoseStandIn> {
    const standIn = new FirehoseStandIn(backup);
    await new Promise<void>((resolve) => standIn.#server.listen(0, "127.0.0.1", resolve));
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A client of AWS's own that calls it. */
  client(): FirehoseClient {
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    return new FirehoseClient({
      endpoint: this.url,
      region: "us-east-1",
      credentials,
      maxAttempts: 1,
    });
  }

  /** What was put and taken, in order. */
  readonly taken: string[] = [];

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #describe({ DeliveryStreamName }: { readonly DeliveryStreamName: string }): { status: number; body: unknown } {
    if (DeliveryStreamName === "none" || this.backup === undefined) {
      return { status: 400, body: { __type: "ResourceNotFoundException", message: "There is no such stream." } };
    }
    const { bucket, prefix } = this.backup;
    const S3DestinationDescription = {
      BucketARN: `arn:aws:s3:::${bucket}`,
      Prefix: `${prefix}all/!{timestamp:yyyy/MM/dd/HH}/`,
      ErrorOutputPrefix: `${prefix}failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`,
    };
    const Destinations = [{ HttpEndpointDestinationDescription: { S3DestinationDescription } }];
    return { status: 200, body: { DeliveryStreamDescription: { DeliveryStreamName, Destinations } } };
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: unknown } | undefined> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.headers["x-amz-target"] === "Firehose_20150804.DescribeDeliveryStream") {
      return this.#describe(JSON.parse(Buffer.concat(chunks).toString()));
    }
    if (request.headers["x-amz-target"] !== "Firehose_20150804.PutRecordBatch") {
      return { status: 400, body: { __type: "UnknownOperationException" } };
    }
    const input = JSON.parse(Buffer.concat(chunks).toString()) as {
      DeliveryStreamName: string;
      Records: { Data: string }[];
    };
    const datas = input.Records.map(({ Data }) => Buffer.from(Data, "base64"));
    const records = datas.map(String);
    const bytes = datas.reduce((sum, { length }) => sum + length, 0);
    this.calls.push({ stream: input.DeliveryStreamName, records, bytes });
    const answer = this.answers.shift() ?? records.map(() => undefined);
    if (answer === "hang up") return undefined;
    if ("error" in answer) return { status: answer.status, body: { __type: answer.error, message: "" } };
    this.taken.push(...records.filter((_, index) => answer[index] === undefined));
    const RequestResponses = answer.map((ErrorCode, index) =>
      ErrorCode === undefined ? { RecordId: `id-${index}` } : { ErrorCode, ErrorMessage: "" },
    );
    return { status: 200, body: { FailedPutCount: answer.filter(Boolean).length, RequestResponses } };
  }
}
