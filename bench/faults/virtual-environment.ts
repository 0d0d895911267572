/**
 * The transformer on a clock that is not real: the function's source, unchanged, in a scope where time, chance, `fetch`,
 * its environment and AWS's clients are those of a made-up AWS. A thousand invocations cost less than one start of a
 * process. That the zip does the same in a process of its own is shown for each single fault by test/faults.
 */
import { join } from "node:path";
import { compileFunction } from "node:vm";
import { buildSync } from "esbuild";
import { packageRoot } from "../../common/package-root";
import type { VirtualClock } from "./virtual-clock";
import type { ExecutionEnvironment, Reply } from "./lambda-service";

/** What the function can reach. */
export interface Surroundings {
  readonly clock: VirtualClock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Text of an object in S3. */
  readonly getObject: (input: { readonly Bucket: string; readonly Key: string }) => Promise<string>;
  /** String of a secret. */
  readonly getSecret: (input: { readonly SecretId: string }) => Promise<string>;
  readonly putRecordBatch: (input: { readonly Records: readonly { readonly Data: Uint8Array }[] }) => Promise<object>;
  readonly fetch: (
    url: string,
    options: { readonly headers: Record<string, string>; readonly signal: AbortSignal },
  ) => Promise<{ readonly status: number; readonly headers: Record<string, string>; readonly body: string }>;
  /** Takes what the function prints. */
  readonly print: (line: string) => void;
}

/** What the scope gives the function in the place of Node.js's own. */
const SHADOWED = ["module", "require", "process", "Date", "Math", "AbortSignal", "globalThis"] as const;

/** What the function exports, but for what it does when it is loaded: it initialises. */
interface Exports {
  readonly initialise: () => Promise<void>;
  readonly handler: (event: unknown, context: object) => Promise<unknown>;
}

type Load = (...scope: unknown[]) => void;

let loaded: Load | undefined;

/** The function as one script, compiled once. */
function load(): Load {
  if (loaded) return loaded;
  const { outputFiles } = buildSync({
    entryPoints: [join(packageRoot(), "lambda", "transformer", "handler.ts")],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node22",
    external: ["@aws-sdk/*"],
    // Within the script, so that what it imports is asked of the scope.
    supported: { "dynamic-import": false },
    tsconfigRaw: {},
    logLevel: "silent",
  });
  loaded = compileFunction(outputFiles[0]!.text, [...SHADOWED]) as Load;
  return loaded;
}

/** Starts an execution environment with these variables. */
export function startVirtual(
  variables: Readonly<Record<string, string>>,
  surroundings: Surroundings,
): ExecutionEnvironment {
  const life = { isOver: false };
  const module = { exports: {} as Exports };
  const scope = scopeOf(variables, surroundings, life);
  load()(module, scope.require, scope.process, scope.Date, scope.Math, scope.AbortSignal, scope.globalThis);
  const initialised = module.exports.initialise();
  return {
    async invoke(payload, { requestId, deadline }): Promise<Reply> {
      const getRemainingTimeInMillis = () => Math.max(0, deadline - surroundings.clock.now());
      await initialised;
      try {
        const answer = await module.exports.handler(JSON.parse(payload), {
          awsRequestId: requestId,
          getRemainingTimeInMillis,
        });
        return { payload: JSON.stringify(answer) };
      } catch (error) {
        return { error: String(error) };
      }
    },
    kill: () => void (life.isOver = true),
  };
}

function scopeOf(variables: Readonly<Record<string, string>>, world: Surroundings, life: { isOver: boolean }) {
  const { clock } = world;
  const startedAt = clock.now();
  /** A process that was killed hears nothing any more. */
  const whileAlive = <T>(promise: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      promise.then(
        (value) => void (life.isOver || resolve(value)),
        (error: unknown) => void (life.isOver || reject(error as Error)),
      );
    });
  const wait = (ms: number, value?: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<unknown> =>
    whileAlive(
      new Promise((resolve, reject) => {
        const cancel = clock.after(ms / 1000, () => resolve(value));
        signal?.addEventListener("abort", () => (cancel(), reject(signal.reason as Error)), { once: true });
      }),
    );
  const timeout = (ms: number): AbortSignal => {
    const controller = new AbortController();
    clock.after(ms / 1000, () => controller.abort(named("TimeoutError", "The operation was aborted due to timeout")));
    return controller.signal;
  };
  const print = (_: number, bytes: Uint8Array): number => (world.print(Buffer.from(bytes).toString()), bytes.length);
  const modules: Readonly<Record<string, object>> = {
    "node:timers/promises": { setTimeout: wait },
    "node:fs": { writeSync: print },
    "@aws-sdk/client-s3": clientOf("S3Client", "GetObjectCommand", async (input) => {
      const text = await world.getObject(input as never);
      return { Body: { transformToString: async () => text } };
    }),
    "@aws-sdk/client-secrets-manager": clientOf("SecretsManagerClient", "GetSecretValueCommand", async (input) => ({
      SecretString: await world.getSecret(input as never),
    })),
    "@aws-sdk/client-firehose": clientOf("FirehoseClient", "PutRecordBatchCommand", (input) =>
      world.putRecordBatch(input as never),
    ),
  };
  function clientOf(client: string, command: string, answer: (input: unknown) => Promise<object>): object {
    return {
      [client]: class {
        send({ input }: { input: unknown }, { abortSignal }: { abortSignal: AbortSignal }): Promise<object> {
          return whileAlive(life.isOver ? new Promise(() => undefined) : unlessAborted(abortSignal, answer(input)));
        }
      },
      [command]: class {
        constructor(readonly input: unknown) {}
      },
    };
  }
  const fetch = async (url: string, options: { headers: Record<string, string>; signal: AbortSignal }) => {
    const { status, headers, body } = await whileAlive(unlessAborted(options.signal, world.fetch(url, options)));
    const chunks = Object.assign([Buffer.from(body)], { cancel: async () => undefined });
    return { status, headers: new Headers(headers), body: chunks };
  };
  return {
    require: (name: string) => modules[name] ?? process.getBuiltinModule(name) ?? fail(name),
    process: {
      env: { ...variables },
      uptime: () => (clock.now() - startedAt) / 1000,
      getBuiltinModule: (name: string) => modules[name] ?? process.getBuiltinModule(name),
    },
    Date: virtualDate(clock),
    Math: Object.assign(Object.create(Math), { random: world.random }) as typeof Math,
    AbortSignal: { timeout },
    globalThis: Object.assign(Object.create(globalThis), { fetch }) as typeof globalThis,
  };
}

function virtualDate(clock: VirtualClock): typeof Date {
  return class extends Date {
    constructor(...given: [] | [number]) {
      super(...((given.length === 0 ? [clock.now()] : given) as [number]));
    }

    static override now(): number {
      return clock.now();
    }
  } as typeof Date;
}

function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    promise.then(resolve, reject);
  });
}

/** An error as AWS's clients throw it. */
export function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function fail(name: string): never {
  throw new Error(`The function asks for ${name}, which is not in this scope.`);
}
