/** What a preview is made with: the settings of a target, Moesif's sampling rules, the key of hashes. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { messageOf, UsageError } from "../common/usage-error";
import { bypassingStacks, rolloutSettings, type TransformerSettings } from "../modules";

/** The options that say where it is found. */
export interface SettingsOptions {
  readonly rollout: string;
  readonly stack?: string;
  readonly settings?: string;
  readonly moesifConfig?: string;
  readonly hashKeyFile?: string;
}

/** What a preview is made with. */
export interface PreviewSettings {
  readonly settings: TransformerSettings;
  readonly moesifConfig?: unknown;
  readonly hashKey: string;
  /** What the reader must know of it: where the settings come from, and in what the preview differs from AWS. */
  readonly notes: readonly string[];
}

/** Bytes of a key that is as long as the function asks for, and longer. */
const MADE_UP_KEY_BYTES = 48;

const BYPASSED =
  "The transformer of this stack is disabled: records leave as they are. What follows is what it would make of them.";

/** As many characters as the function asks for. */
const LEAST_KEY_LENGTH = 32;

/**
 * Reads what the options name.
 *
 * @throws UsageError naming the option, or RolloutError with every mistake of the rollout file
 */
export function readSettings(options: SettingsOptions): PreviewSettings {
  const { settings, origin, bypassed } =
    options.settings === undefined ? ofRollout(options) : ofDocument(options.settings);
  const { moesifConfig, hashKeyFile } = options;
  return {
    settings,
    ...(moesifConfig !== undefined && { moesifConfig: readJson("--moesif-config", moesifConfig) }),
    hashKey: hashKeyFile === undefined ? randomBytes(MADE_UP_KEY_BYTES).toString("base64url") : readKey(hashKeyFile),
    notes: [`Settings: ${origin}.`, ...(bypassed ? [BYPASSED] : []), ...differences(settings, options)],
  };
}

interface Found {
  readonly settings: TransformerSettings;
  readonly origin: string;
  /** Whether the stream does without the transformer; a document does not say. */
  readonly bypassed?: boolean;
}

function ofRollout({ rollout, stack }: SettingsOptions): Found {
  readText("--rollout", rollout);
  const targets = rolloutSettings(rollout);
  const name = stack ?? [...targets.keys()][0]!;
  const settings = targets.get(name);
  if (settings) return { settings, origin: `${name} of ${rollout}`, bypassed: bypassingStacks(rollout).has(name) };
  throw new UsageError(`--stack: there is no stack ${name}. There are: ${[...targets.keys()].join(", ")}.`);
}

/** A light check that this is a settings document: it was checked when it was written. */
function ofDocument(file: string): Found {
  const document = readJson("--settings", file) as Partial<TransformerSettings> | null;
  const { version, accountId, region } = document ?? {};
  if (version === 1 && typeof accountId === "string" && typeof region === "string") {
    return { settings: document as TransformerSettings, origin: file };
  }
  throw new UsageError(
    `--settings: ${file} is no settings document of version 1. Give the one in the backup bucket, or --rollout.`,
  );
}

function readKey(file: string): string {
  const { hash_key: key } = Object(readJson("--hash-key-file", file)) as { readonly hash_key?: unknown };
  if (typeof key === "string" && key.length >= LEAST_KEY_LENGTH) return key;
  throw new UsageError(
    `--hash-key-file: ${file} has no hash_key of ${LEAST_KEY_LENGTH} characters or more. Write {"hash_key": "…"}, as in the secret.`,
  );
}

/** The messages quote nothing of the file: it may be a secret's. */
function readJson(option: string, file: string): unknown {
  const text = readText(option, file);
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${option}: ${file} is not JSON. Give a JSON file.`);
  }
}

function readText(option: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${option}: ${file} cannot be read: ${messageOf(error)}. Give the path of a file.`);
  }
}

function differences(settings: TransformerSettings, { moesifConfig, hashKeyFile }: SettingsOptions): string[] {
  const { sampling, redaction, passThrough } = settings;
  const asksMoesif = sampling?.remote !== false && passThrough !== true;
  const hashes = (redaction?.hash ?? []).length > 0;
  return [
    ...(asksMoesif && moesifConfig === undefined
      ? ["Sampling rules made in Moesif are not applied: --moesif-config takes a saved body of its /v1/config."]
      : []),
    ...(hashes && hashKeyFile === undefined
      ? ["Hashes are made with a made-up key, and differ from the real ones: --hash-key-file takes the key."]
      : []),
  ];
}
