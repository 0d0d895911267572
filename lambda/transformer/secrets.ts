/**
 * Reads secrets: from AWS Secrets Manager, or from a file on one's own machine. No error holds anything of a secret, not
 * even as its cause.
 */
import { readFile } from "node:fs/promises";

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
    return await (url.startsWith("file:///") ? readFile(new URL(url), "utf8") : readFromAws(url, timeoutMs));
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
