/** The settings and keys by which `preview` transforms a log, from the files that its options name. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseJson } from "../../common/json";
import { printWarning } from "../../common/print";
import { messageOf, UsageError } from "../../common/usage-error";
import { bypassingStacks, rolloutSettings, type TransformerSettings } from "../../modules";
import type { Means } from "./transform";

/** The options that name settings. */
export interface SourceOptions {
  readonly rollout: string;
  readonly stack?: string;
  readonly settings?: string;
}

/** Options for what the function has in AWS in addition to its settings. */
export interface MeansOptions {
  readonly moesifConfig?: string;
  readonly hashKeyFile?: string;
}

/** Settings, and where they come from. */
export interface Source {
  readonly settings: TransformerSettings;
  readonly origin: string;
  /** Whether the stream does without the transformer; a document does not say. */
  readonly bypassed?: boolean;
}

/**
 * Reads what the options name.
 *
 * @throws UsageError naming the option, or RolloutError with every mistake of the rollout file
 */
export function settingsOf({ rollout, stack, settings: document }: SourceOptions): Source {
  if (document !== undefined) {
    const settings = documentIn(readJson("--settings", document));
    if (settings) return { settings, origin: document };
    throw new UsageError(
      `--settings: ${document} is no settings document of version 1. Give the one in the backup bucket, or --rollout.`,
    );
  }
  readText("--rollout", rollout);
  const targets = rolloutSettings(rollout, printWarning);
  const name = stack ?? [...targets.keys()][0]!;
  if (targets.has(name)) return sourceOf(rollout, name, targets);
  throw new UsageError(`--stack: there is no stack ${name}. There are: ${[...targets.keys()].join(", ")}.`);
}

/** The settings of another file for the same account and region. */
export function otherSettings(file: string, { accountId, region }: TransformerSettings): Source {
  const settings = documentIn(parseJson(readText("--diff", file)));
  if (settings) return { settings, origin: file };
  const targets = rolloutSettings(file, printWarning);
  const name = [...targets].find(([, one]) => one.accountId === accountId && one.region === region)?.[0];
  if (name !== undefined) return sourceOf(file, name, targets);
  throw new UsageError(
    `--diff: ${file} has no stack for account ${accountId} and region ${region}. Choose another --stack.`,
  );
}

function sourceOf(file: string, name: string, targets: ReadonlyMap<string, TransformerSettings>): Source {
  return { settings: targets.get(name)!, origin: `${name} of ${file}`, bypassed: bypassingStacks(file).has(name) };
}

/** A light check that this is a settings document: it was checked when it was written. */
function documentIn(value: unknown): TransformerSettings | undefined {
  const { version, accountId, region } = Object(value) as Partial<TransformerSettings>;
  const isDocument = version === 1 && typeof accountId === "string" && typeof region === "string";
  return isDocument ? (value as TransformerSettings) : undefined;
}

/** Bytes of a key that is as long as the function asks for, and longer. */
export const MADE_UP_KEY_BYTES = 48;

export function meansOf({ moesifConfig, hashKeyFile }: MeansOptions, madeUpKey = randomKey()): Means {
  return {
    ...(moesifConfig !== undefined && { moesifConfig: readJson("--moesif-config", moesifConfig) }),
    hashKey: hashKeyFile === undefined ? madeUpKey : readKey(hashKeyFile),
  };
}

function randomKey(): string {
  return randomBytes(MADE_UP_KEY_BYTES).toString("base64url");
}

/** As many characters as the function asks for. */
const LEAST_KEY_LENGTH = 32;

function readKey(file: string): string {
  const { hash_key: key } = Object(readJson("--hash-key-file", file)) as { readonly hash_key?: unknown };
  if (typeof key === "string" && key.length >= LEAST_KEY_LENGTH) return key;
  throw new UsageError(
    `--hash-key-file: ${file} has no hash_key of ${LEAST_KEY_LENGTH} characters or more. Write {"hash_key": "…"}, as in the secret.`,
  );
}

/** The messages quote nothing of the file: it may be a secret's. */
function readJson(option: string, file: string): unknown {
  const value = parseJson(readText(option, file));
  if (value !== undefined) return value;
  throw new UsageError(`${option}: ${file} is not JSON. Give a JSON file.`);
}

function readText(option: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${option}: ${file} cannot be read: ${messageOf(error)}. Give the path of a file.`);
  }
}

/** In what the preview differs from AWS. */
export function notesOn({ settings, bypassed }: Source, { moesifConfig, hashKeyFile }: MeansOptions): string[] {
  const { sampling, redaction, passThrough } = settings;
  const asksMoesif = sampling?.remote !== false && passThrough !== true;
  const hashes = (redaction?.hash ?? []).length > 0;
  return [
    ...(bypassed
      ? [
          "The transformer of this stack is disabled: records are delivered as they are. This shows what it would make of them.",
        ]
      : []),
    ...(asksMoesif && moesifConfig === undefined
      ? ["Sampling rules made in Moesif are not applied: --moesif-config takes a saved body of its /v1/config."]
      : []),
    ...(hashes && hashKeyFile === undefined
      ? ["Hashes are made with a made-up key, and differ from the real ones: --hash-key-file takes the key."]
      : []),
  ];
}
