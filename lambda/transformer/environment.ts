/** What one execution environment prepares once: the steps, and the requests for Moesif's sampling rules. */
import { s3Location } from "../s3-location";
import { loadEngine, patternProblem, type PatternUse } from "../re2/pattern";
import { TimeBudget } from "../re2/time-budget";
import { isObject } from "./access-log";
import { RemoteConfig } from "./sampling/remote-config";
import type { FilterRule, IdentityRule, TransformerSettings } from "./settings";
import { createTransformer, type Transform } from "./transform";

/** Moesif's collector, unless the settings name another address. */
const DEFAULT_BASE_URL = "https://api.moesif.net";

/** What is prepared. */
export interface Environment {
  readonly transform: Transform;
  /** The time that patterns may take: to be started with each invocation. */
  readonly budget: TimeBudget;
  /** `undefined` where Moesif's rules do not count. */
  readonly remote: RemoteConfig | undefined;
  /** Why the application id could not be read, and what to do; `undefined` if it could. Nothing of the secret. */
  readonly applicationIdProblem: () => string | undefined;
}

/** @throws Error that says what is missing: then the function must not work, and no rule of the settings is skipped. */
export async function prepareEnvironment(): Promise<Environment> {
  const settings = await loadSettings();
  const hashKey = settings.redaction?.hash?.length ? await readHashKey() : undefined;
  let problem: string | undefined;
  const applicationId = async () => {
    try {
      problem = undefined;
      return await readApplicationId();
    } catch (error) {
      problem = (error as Error).message;
      throw error;
    }
  };
  const remote = createRemote(settings, applicationId);
  const budget = new TimeBudget();
  const transform = createTransformer(settings, { hashKey, config: () => remote?.current, budget });
  return { transform, budget, remote, applicationIdProblem: () => problem };
}

function createRemote(
  { sampling, passThrough, baseUrl }: TransformerSettings,
  applicationId: () => Promise<string>,
): RemoteConfig | undefined {
  if (passThrough || sampling?.remote === false) {
    return undefined;
  }
  return new RemoteConfig({
    applicationId,
    baseUrl: baseUrl ?? DEFAULT_BASE_URL,
    refreshSeconds: sampling?.refreshSeconds,
    timeoutSeconds: sampling?.timeoutSeconds,
  });
}

// Reads the settings document once for each execution environment. Without it the function must not work.

/** Well within the function's time-out, so that the log says what was slow. */
const S3_TIMEOUT_MS = 10_000;

/**
 * Reads the settings document that `SETTINGS_URL` names: `s3://bucket/key?versionId=…`, or `file:///…` on your own
 * machine. The version makes Terraform start new execution environments when the document changes. A bucket without
 * versions may hold another document than Terraform wrote: `SETTINGS_SHA256` says which one it was.
 *
 * @throws Error that names `SETTINGS_URL` and says what to do. Firehose then retries, and keeps the records in the
 * backup bucket in the end: no rule of the settings is ever skipped.
 */
export async function loadSettings(url = process.env.SETTINGS_URL): Promise<TransformerSettings> {
  if (!url) {
    throw new Error("SETTINGS_URL is not set: set it to s3://bucket/key of the settings document.");
  }
  const text = await readDocument(url);
  const { SETTINGS_SHA256: expected } = process.env;
  if (expected && sha256(text) !== expected) {
    throw new Error(`SETTINGS_URL (${url}) is not the document that Terraform wrote: run terraform apply.`);
  }
  let document: unknown;
  try {
    document = JSON.parse(text, absentIfNull);
  } catch {
    throw new Error(`SETTINGS_URL (${url}) is not JSON: write the settings document again.`);
  }
  return checked(document, url);
}

function sha256(text: string): string {
  return process.getBuiltinModule("node:crypto").createHash("sha256").update(text).digest("hex");
}

/** Terraform writes null for what is not set. */
function absentIfNull(_key: string, value: unknown): unknown {
  if (value === null) return undefined;
  // What was null in a list has left a hole there.
  return Array.isArray(value) ? value.filter(() => true) : value;
}

async function readDocument(url: string): Promise<string> {
  const read = url.startsWith("s3://") ? readFromS3 : url.startsWith("file:///") ? readFromFile : undefined;
  if (read === undefined) {
    throw new Error(`SETTINGS_URL (${url}) is neither s3://bucket/key nor file:///path: set it to either.`);
  }
  try {
    return await read(url);
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const fix = "check that it exists and that the function's role may read it";
    throw new Error(`SETTINGS_URL (${url}) cannot be read (${reason}): ${fix}.`, { cause });
  }
}

async function readFromFile(url: string): Promise<string> {
  return process.getBuiltinModule("node:fs").readFileSync(new URL(url), "utf8");
}

async function readFromS3(url: string): Promise<string> {
  const location = s3Location(url);
  const { S3Client, GetObjectCommand } = await import("@aws-sdk/client-s3");
  const command = new GetObjectCommand(location);
  const { Body } = await new S3Client({}).send(command, { abortSignal: AbortSignal.timeout(S3_TIMEOUT_MS) });
  return (await Body?.transformToString()) ?? "";
}

/** Checks that this is our document. Its schema is checked when Terraform writes it, but anybody can write another. */
async function checked(document: unknown, url: string): Promise<TransformerSettings> {
  const { version, accountId, region } = (document ?? {}) as Partial<TransformerSettings>;
  if (version !== 1) {
    throw new Error(
      `SETTINGS_URL (${url}) is not a settings document of version 1: deploy function and settings together.`,
    );
  }
  if (typeof accountId !== "string" || typeof region !== "string") {
    throw new Error(`SETTINGS_URL (${url}) lacks accountId or region: write the settings document again.`);
  }
  const misshapen = shapeProblems(document as TransformerSettings);
  if (misshapen.length > 0) {
    throw new Error(`SETTINGS_URL (${url}) is misshapen: ${misshapen.join("; ")}. Write the settings document again.`);
  }
  const problems = await patternProblems(document as TransformerSettings);
  if (problems.length > 0) {
    throw new Error(`SETTINGS_URL (${url}) has patterns that are refused: ${problems.join("; ")}.`);
  }
  return document as TransformerSettings;
}

/** A pattern, and where in the settings it stands. */
interface PlacedPattern {
  readonly place: string;
  readonly pattern: unknown;
  readonly use: PatternUse;
}

/**
 * What is wrong with each pattern that is refused, and how to put it right, by its place in the settings:
 * `redaction.mask[2].pattern has an unclosed (: …`. The pattern itself is not in it. What `passThrough` turns off is
 * not asked about: it must help where a filter is the trouble.
 */
async function patternProblems({ redaction, identity = {}, filter = [], passThrough }: TransformerSettings) {
  const patterns = (redaction?.mask ?? []).map(({ pattern }, index): PlacedPattern => {
    return { place: `redaction.mask[${index}].pattern`, pattern, use: "mask" };
  });
  if (!passThrough) {
    patterns.push(...Object.entries(identity).flatMap(([key, rules]) => extractsOf(`identity.${key}`, rules)));
    patterns.push(...filter.flatMap(searchesOf));
  }
  if (patterns.length > 0) {
    await loadEngine();
  }
  return patterns.flatMap(({ place, pattern, use }) => {
    const found = patternProblem(pattern, use);
    return found === undefined ? [] : [`${place} ${found.problem}: ${found.fix}`];
  });
}

function extractsOf(place: string, rules: readonly IdentityRule[] = []): PlacedPattern[] {
  return rules.flatMap((rule, index) => {
    const pattern = typeof rule === "string" ? undefined : rule.extract;
    return pattern === undefined ? [] : [{ place: `${place}[${index}].extract`, pattern, use: "extract" }];
  });
}

function searchesOf({ drop, keep }: FilterRule, index: number): PlacedPattern[] {
  const place = `filter[${index}].${keep === undefined ? "drop" : "keep"}`;
  return Object.entries(keep ?? drop).flatMap(([field, match]): PlacedPattern[] =>
    typeof match === "string" || !("pattern" in match)
      ? []
      : [{ place: `${place}[${JSON.stringify(field)}].pattern`, pattern: match.pattern, use: "search" }],
  );
}

// The types of the settings. A wrong one would be an error somewhere in the steps, which names no setting.

/** What is wrong with a value, by its place in the settings. */
type Check = (value: unknown, place: string) => string[];

const must = (be: string, holds: (value: unknown) => boolean): Check => {
  return (value, place) => (holds(value) ? [] : [`${place} must be ${be}`]);
};
const text = must("a text", (value) => typeof value === "string");
const number = must("a number", (value) => typeof value === "number");
const flag = must("true or false", (value) => typeof value === "boolean");
const object = must("an object", isObject);
const oneOf = (...texts: string[]) => must(texts.join(" or "), (value) => texts.includes(value as string));
const list = (each: Check): Check => {
  return (value, place) =>
    Array.isArray(value) ? value.flatMap((one, index) => each(one, `${place}[${index}]`)) : [`${place} must be a list`];
};
const map = (each: Check): Check => {
  return (value, place) =>
    isObject(value)
      ? Object.entries(value).flatMap(([key, one]) => each(one, `${place}[${JSON.stringify(key)}]`))
      : object(value, place);
};
/** Unknown fields are of a later version. */
const fields = (known: Readonly<Record<string, Check>>): Check => {
  return (value, place) =>
    isObject(value)
      ? Object.entries(known).flatMap(([key, check]) =>
          value[key] === undefined ? [] : check(value[key], place === "" ? key : `${place}.${key}`),
        )
      : object(value, place);
};
/** A text is short for what else there may be. */
const textOr = (be: string, check: Check): Check => {
  return (value, place) =>
    typeof value === "string"
      ? []
      : typeof value === "object"
        ? check(value, place)
        : [`${place} must be a text or ${be}`];
};

const texts = list(text);
const rules = list(
  textOr("an object", fields({ from: text, template: text, extract: text, lowerCase: flag, map: map(text) })),
);
const match = textOr("a list of texts or an object", (value, place) =>
  (Array.isArray(value) ? texts : fields({ pattern: text }))(value, place),
);

const ALWAYS = fields({
  environment: text,
  metadata: object,
  tags: texts,
  apis: map(fields({ name: text, version: text, tags: texts, metadata: object })),
  output: oneOf("accessLog", "event"),
  baseUrl: text,
  enrichment: oneOf("full", "none"),
  passThrough: flag,
  redaction: fields({
    fields: fields({ keep: texts, remove: texts }),
    mask: list(fields({ pattern: text, fields: texts, replacement: text })),
    ip: oneOf("keep", "truncate"),
    path: fields({ emails: oneOf("mask", "keep"), segmentsAfter: texts, queryParameters: texts }),
    hash: texts,
  }),
});
const UNLESS_PASSED_THROUGH = fields({
  identity: fields({ user: rules, company: rules, subscription: rules, sessionToken: rules }),
  filter: list((value, place) => [
    ...fields({ drop: map(match), keep: map(match) })(value, place),
    ...(isObject(value) && (value.drop === undefined) === (value.keep === undefined)
      ? [`${place} must have one of drop and keep`]
      : []),
  ]),
  sampling: fields({
    remote: flag,
    rate: number,
    by: oneOf("request", "user", "company"),
    keepErrors: oneOf("none", "server", "all"),
    companyLimit: number,
    refreshSeconds: number,
    timeoutSeconds: number,
  }),
});

/** What is of the wrong type. What `passThrough` turns off is not checked: it must help where that is the trouble. */
function shapeProblems(settings: TransformerSettings): string[] {
  return [...ALWAYS(settings, ""), ...(settings.passThrough === true ? [] : UNLESS_PASSED_THROUGH(settings, ""))];
}

// Reads secrets: from AWS Secrets Manager, or from a file on your machine. No error holds anything of a secret, not
// even as its cause.

/** Well within the function's time-out, so that the log says what was slow. */
const TIMEOUT_MS = 5_000;

/** A hash with a shorter key could be undone by trying keys. */
const SHORTEST_HASH_KEY = 32;

/**
 * The application id of Moesif: `{"api_key": "…"}` in the secret that `APPLICATION_ID_SECRET` names, the same that
 * Firehose reads.
 * https://docs.aws.amazon.com/firehose/latest/dev/secrets-manager-whats-secret.html
 *
 * @throws Error that names the variable and says what to do
 */
export async function readApplicationId(url = process.env.APPLICATION_ID_SECRET): Promise<string> {
  const id = memberOf(await readSecret(url, "APPLICATION_ID_SECRET"), "api_key", "APPLICATION_ID_SECRET");
  // It becomes a header. What is refused in one is quoted by the error.
  if (!/^[\x21-\x7e]+$/.test(id)) {
    throw new Error(
      'APPLICATION_ID_SECRET: "api_key" is empty or has characters that no application id has: store it as Moesif shows it.',
    );
  }
  return id;
}

/**
 * The key of the hashes of `redaction.hash`: `{"hash_key": "…"}` in the secret that `HASH_KEY_SECRET` names, 32
 * characters at least.
 *
 * @throws Error that names the variable and says what to do
 */
export async function readHashKey(url = process.env.HASH_KEY_SECRET): Promise<string> {
  const key = memberOf(await readSecret(url, "HASH_KEY_SECRET"), "hash_key", "HASH_KEY_SECRET");
  if (key.length < SHORTEST_HASH_KEY) {
    throw new Error(
      `HASH_KEY_SECRET: "hash_key" is shorter than ${SHORTEST_HASH_KEY} characters: store a longer random text.`,
    );
  }
  return key;
}

/**
 * The text of a secret.
 *
 * @param url ARN or name of a secret in Secrets Manager, or `file:///…`
 * @param name the environment variable that holds it, for errors
 * @throws Error that names the variable and says what to do
 */
export async function readSecret(url: string | undefined, name: string, timeoutMs = TIMEOUT_MS): Promise<string> {
  if (!url) {
    throw new Error(`${name} is not set: set it to the ARN or the name of a secret in Secrets Manager.`);
  }
  try {
    return await (url.startsWith("file:///") ? readFromFile(url) : readFromAws(url, timeoutMs));
  } catch (error) {
    const fix = "check that it exists and that the function's role may read it";
    throw new Error(`${name} (${url}) cannot be read (${reasonOf(error)}): ${fix}.`);
  }
}

/** The message of a SyntaxError quotes what could not be parsed. */
function reasonOf(error: unknown): string {
  const { name, message } = error as Error;
  return name === "SyntaxError" ? "its answer is damaged" : `${name}: ${message}`;
}

async function readFromAws(secretId: string, timeoutMs: number): Promise<string> {
  const { SecretsManagerClient, GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
  const command = new GetSecretValueCommand({ SecretId: secretId });
  const abortSignal = AbortSignal.timeout(timeoutMs);
  const { SecretString } = await new SecretsManagerClient({}).send(command, { abortSignal });
  if (SecretString === undefined) {
    throw new Error("it holds bytes, and no text");
  }
  return SecretString;
}

/** The error of `JSON.parse` quotes the text: neither it nor its message goes any further. */
function memberOf(text: string, member: string, name: string): string {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    document = undefined;
  }
  const value = (document as Readonly<Record<string, unknown>> | null | undefined)?.[member];
  if (typeof value !== "string") {
    throw new Error(`${name} holds no JSON of the form {"${member}": "…"}: store the secret in this form.`);
  }
  return value;
}
