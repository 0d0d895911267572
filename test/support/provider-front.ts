/**
 * Stands before the real AWS provider in a command of Terraform, and answers what takes most of the command's time and is
 * the same in each: the schemas, which are asked of the provider once in a run of the tests, and whether the provider's
 * own code and block are valid. All else goes to the provider: as without this, a process for each configuration, but one
 * that then waits for another command with the same configuration.
 *
 * @see https://developer.hashicorp.com/terraform/plugin/debugging how Terraform uses a provider that runs already
 * @see https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
 */
import { existsSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import {
  type ClientHttp2Session,
  connect as connectHttp2,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { ProviderFiles } from "./tools";
import { ServerProcess } from "./server-process";

/** Of the services whose resources are used, a twentieth of all schemas, which Terraform would read at each command. */
const USED = /^aws_(api_gateway|apigatewayv2|cloudwatch|iam|kinesis|kms|lambda|s3|secretsmanager|sns|sqs)_/;

/** Of the provider itself. */
const USED_ALONE = ["aws_caller_identity", "aws_partition", "aws_region"];

/** What Terraform sets for the providers that it starts. */
const HANDSHAKE = {
  TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
  PLUGIN_PROTOCOL_VERSIONS: "5",
};

/** The line by which a provider says where it listens. */
const LISTENING = /^1\|5\|unix\|(.+?)\|grpc/m;

const LARGE_ANSWERS = { maxSessionMemory: 256, settings: { initialWindowSize: 2 ** 24 } };

const END_STREAM = 1;

/** An answer that says nothing. */
const EMPTY = Buffer.alloc(5);

/** How many processes wait for another command. */
const MOST_IDLE = 3;

/** Of the Terraform that uses it. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
}

/** A process of the provider. */
class Provider {
  readonly client: Promise<ClientHttp2Session>;
  readonly #process: ServerProcess;
  /** Credentials and configuration that it has; it takes no second one. */
  configuration?: string;
  isUsed = false;
  hasEnded = false;

  constructor(executable: string, { environment, directory }: Surroundings) {
    // Its socket is left where it is killed: not in a folder that a test holds to be empty.
    const own = { ...HANDSHAKE, TMPDIR: tmpdir() };
    this.#process = new ServerProcess(executable, [], { environment: { ...environment, ...own }, directory });
    this.client = new Promise((resolve, reject) => {
      let said = "";
      this.#process.stdout.on("data", (data: Buffer) => {
        said += data.toString();
        const socket = LISTENING.exec(said)?.[1];
        if (socket === undefined) return;
        const options = { ...LARGE_ANSWERS, createConnection: () => connect(socket) };
        const session = connectHttp2("http://localhost", options).on("error", () => undefined);
        resolve(session.on("close", () => (this.hasEnded = true)));
      });
      this.#process.stdout.on("end", () => reject(new Error(`the provider does not listen: ${said}`)));
    });
    this.client.catch(() => undefined);
  }

  stop(): void {
    this.#process.stop();
    void this.client.then((client) => client.destroy()).catch(() => undefined);
  }
}

const idle: Provider[] = [];

/** Ends those that have waited longest. */
function keepIdle(most: number): void {
  for (const provider of idle.splice(0, Math.max(0, idle.length - most))) provider.stop();
}

afterAll(() => keepIdle(0));

export class ProviderFront {
  readonly #server: Http2Server = createServer(LARGE_ANSWERS);
  readonly #socket = join(mkdtempSync(join(tmpdir(), "provider-")), "socket");
  #providers: Provider[] = [];

  private constructor(
    private readonly files: ProviderFiles,
    private readonly surroundings: Surroundings,
  ) {
    this.#server.on("session", (session) => this.#serve(session));
  }

  static async start(files: ProviderFiles, surroundings: Surroundings): Promise<ProviderFront> {
    const front = new ProviderFront(files, surroundings);
    await new Promise<void>((resolve) => front.#server.listen(front.#socket, resolve));
    return front;
  }

  /** What has Terraform use it. */
  get variables(): Record<string, string> {
    const address = { Network: "unix", String: this.#socket };
    const plugin = { Protocol: "grpc", ProtocolVersion: 5, Pid: process.pid, Test: true, Addr: address };
    return { TF_REATTACH_PROVIDERS: JSON.stringify({ "registry.terraform.io/hashicorp/aws": plugin }) };
  }

  stop(): void {
    this.#server.close();
    for (const provider of this.#providers) {
      if (!provider.configuration || provider.hasEnded) provider.stop();
      else idle.push(provider);
    }
    this.#providers = [];
    keepIdle(MOST_IDLE);
  }

  /** Terraform connects for each provider that it would start. */
  #serve(session: ServerHttp2Session): void {
    let own: Provider | undefined;
    session.on("error", () => undefined);
    session.on("close", () => {
      if (own) own.isUsed = false;
    });
    session.on("stream", (stream, headers) => {
      stream.on("error", () => undefined);
      const [, service, method] = headers[":path"]!.split("/");
      // The provider says nothing there.
      if (service!.startsWith("plugin.")) return;
      const configure = async () => {
        const configuration = await buffer(stream);
        const key = `${this.#credentials}${configuration.toString("latin1")}`;
        own = this.#withConfiguration(key) ?? this.#withConfiguration(undefined) ?? this.#start();
        own.isUsed = true;
        if (own.configuration === key) return respond(stream, EMPTY);
        const request = (await own.client).request(headers);
        request.end(configuration);
        const answer = await buffer(request);
        // One that warns or fails does so for each command.
        own.configuration = answer.equals(EMPTY) ? key : "";
        respond(stream, answer);
      };
      const answer =
        method === "GetSchema"
          ? this.#schemas(stream, headers)
          : method === "Configure"
            ? configure()
            : method === "PrepareProviderConfig"
              ? // The answer of a valid one begins as the question does: with the configuration.
                buffer(stream).then((config) => respond(stream, config))
              : pass(stream, headers, own ?? this.#any());
      answer.catch((error: unknown) => stream.destroy(error as Error));
    });
  }

  /** What the provider reads in its environment. */
  get #credentials(): string {
    return JSON.stringify(Object.entries(this.surroundings.environment).filter(([name]) => name.startsWith("AWS_")));
  }

  #start(): Provider {
    const provider = new Provider(this.files.executable, this.surroundings);
    this.#providers.push(provider);
    return provider;
  }

  #any(): Provider {
    return this.#providers[0] ?? this.#adopted(idle.findLast(({ hasEnded }) => !hasEnded)) ?? this.#start();
  }

  #withConfiguration(configuration: string | undefined): Provider | undefined {
    const isFree = (one: Provider) => one.configuration === configuration && !one.isUsed && !one.hasEnded;
    return this.#providers.find(isFree) ?? this.#adopted(idle.find(isFree));
  }

  #adopted(provider: Provider | undefined): Provider | undefined {
    if (provider === undefined) return undefined;
    idle.splice(idle.indexOf(provider), 1);
    this.#providers.push(provider);
    return provider;
  }

  async #schemas(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const file = this.files.schemas;
    if (!existsSync(file)) {
      const client = await this.#any().client;
      const request = client.request(headers);
      request.end(await buffer(stream));
      const whole = await buffer(request);
      writeFileSync(`${file}.${process.pid}`, withoutUnused(whole));
      renameSync(`${file}.${process.pid}`, file);
    }
    respond(stream, readFileSync(file));
  }
}

function respond(stream: ServerHttp2Stream, body: Buffer): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(body);
}

/** Passes a call on, and its answer back. */
async function pass(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, provider: Provider): Promise<void> {
  const call = (await provider.client).request(headers);
  stream.pipe(call);
  call.on("error", (error) => stream.destroy(error));
  call.on("response", ({ date: _, ...answer }, flags) => {
    if (flags & END_STREAM) return stream.respond(answer, { endStream: true });
    let trailers = {};
    call.on("trailers", (last) => (trailers = last));
    stream.respond(answer, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    call.pipe(stream);
  });
}

/**
 * The answer with all schemas without those that are not used.
 *
 * @see https://protobuf.dev/programming-guides/encoding/ a message is a row of fields: tag, length, content
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md a frame is a flag, the length, and the message
 */
function withoutUnused(frame: Buffer): Buffer {
  const kept: Buffer[] = [];
  const message = frame.subarray(5);
  for (let start = 0; start < message.length;) {
    const content = varint(message, start + 1);
    const end = content.next + content.value;
    // An entry of the schemas of resources or data sources, by its name.
    const name = varint(message, content.next + 1);
    const text = message.toString("latin1", name.next, Math.min(name.next + name.value, end));
    if (!text.startsWith("aws_") || USED.test(text) || USED_ALONE.includes(text))
      kept.push(message.subarray(start, end));
    start = end;
  }
  const rest = Buffer.concat(kept);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(rest.length, 1);
  return Buffer.concat([head, rest]);
}

function varint(bytes: Buffer, start: number): { value: number; next: number } {
  let value = 0;
  for (let at = start, factor = 1; ; at++, factor *= 128) {
    value += (bytes[at]! & 127) * factor;
    if (!(bytes[at]! >= 128)) return { value, next: at + 1 };
  }
}
