/** Stacks for the tests of the local run: synthesized by the built app from a rollout file, then changed as a test needs. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readManifest } from "../../local/synthesis";
import { temporaryDirectory, writeZip } from "./support";

export const ROOT = join(__dirname, "..", "..");

export type Json = Record<string, any>;

/** The Terraform JSON of a stack, with quick access to the blocks that the local run reads. */
export interface Stack {
  readonly json: Json;
  readonly stream: Json;
  readonly endpoint: Json;
  readonly function: Json;
  /** The object that holds the transformer's settings. */
  readonly settings: Json;
  /** The subscription of the log group of HTTP and WebSocket stages. */
  readonly subscription: Json;
}

/** Path of the JSON of a rollout's first stack; with `change`, of a copy beside it that the change was made to. */
export function stackFile(change?: (stack: Stack) => void, rollout = "rollout.yaml"): string {
  const file = synthesized(rollout);
  if (!change) return file;
  const json = JSON.parse(readFileSync(file, "utf8")) as Json;
  const stream = only(json, "aws_kinesis_firehose_delivery_stream");
  change({
    json,
    stream,
    endpoint: stream.http_endpoint_configuration as Json,
    function: only(json, "aws_lambda_function"),
    settings: only(json, "aws_s3_object"),
    subscription: only(json, "aws_cloudwatch_log_subscription_filter"),
  });
  // In the same folder, so that the zip is found where the stack says.
  const changed = join(file, "..", `changed-${++changes}.tf.json`);
  writeFileSync(changed, JSON.stringify(json));
  return changed;
}

let changes = 0;
const files = new Map<string, string>();

/** Each rollout file is synthesized once for a test file. */
function synthesized(rollout: string): string {
  const known = files.get(rollout);
  if (known !== undefined) return known;
  const out = temporaryDirectory();
  const command = join(ROOT, "dist", "cli", "main.js");
  execFileSync(process.execPath, [command, "synth", join(ROOT, rollout), "--out", out], {
    timeout: 5 * 60_000,
    stdio: "pipe",
  });
  const [stack] = readManifest(out);
  files.set(rollout, stack!.file);
  return stack!.file;
}

/** The only resource of a type; an empty block, which is in no stack, where there is none. */
function only(json: Json, type: string): Json {
  return (Object.values((json.resource as Json)[type] ?? {}) as Json[])[0] ?? {};
}

/** Sets members of the settings document of a stack. */
export function setSettings({ settings }: Stack, members: Json): void {
  settings.content = JSON.stringify({ ...(JSON.parse(settings.content as string) as Json), ...members });
}

/** Puts another function in the place of the transformer, for what the built one never does: hang, lie or lose events. */
export function replaceTransformer(stack: Stack, source: string): void {
  stack.function.filename = join(temporaryDirectory(), "transformer.zip");
  writeZip(stack.function.filename as string, source);
}
