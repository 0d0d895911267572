/** Reads the settings document once for each execution environment. Without it the function must not work. */
import { readFile } from "node:fs/promises";
import { s3Location } from "../s3-location";
import { patternProblems } from "./check-patterns";
import type { TransformerSettings } from "./settings";

/** Well within the function's time-out, so that the log says what was slow. */
const S3_TIMEOUT_MS = 10_000;

/**
 * Reads the settings document that `SETTINGS_URL` names: `s3://bucket/key?versionId=…`, or `file:///…` on one's own
 * machine. The version makes Terraform start new execution environments when the document changes.
 *
 * @throws Error that names `SETTINGS_URL` and says what to do. Firehose then retries, and keeps the records in the
 * backup bucket in the end: no rule of the settings is ever skipped.
 */
export async function loadSettings(url = process.env.SETTINGS_URL): Promise<TransformerSettings> {
  if (!url) {
    throw new Error("SETTINGS_URL is not set: set it to s3://bucket/key of the settings document.");
  }
  const text = await readDocument(url);
  let document: unknown;
  try {
    document = JSON.parse(text, absentIfNull);
  } catch {
    throw new Error(`SETTINGS_URL (${url}) is not JSON: write the settings document anew.`);
  }
  return checked(document, url);
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

function readFromFile(url: string): Promise<string> {
  return readFile(new URL(url), "utf8");
}

async function readFromS3(url: string): Promise<string> {
  const location = s3Location(url);
  const { S3Client, GetObjectCommand } = await import("@aws-sdk/client-s3");
  const command = new GetObjectCommand(location);
  const { Body } = await new S3Client({}).send(command, { abortSignal: AbortSignal.timeout(S3_TIMEOUT_MS) });
  return (await Body?.transformToString()) ?? "";
}

/** A light check that this is our document: its schema is checked when Terraform writes it, but for its patterns. */
function checked(document: unknown, url: string): TransformerSettings {
  const { version, accountId, region } = (document ?? {}) as Partial<TransformerSettings>;
  if (version !== 1) {
    throw new Error(
      `SETTINGS_URL (${url}) is not a settings document of version 1: deploy function and settings together.`,
    );
  }
  if (typeof accountId !== "string" || typeof region !== "string") {
    throw new Error(`SETTINGS_URL (${url}) lacks accountId or region: write the settings document anew.`);
  }
  const problems = patternProblems(document as TransformerSettings);
  if (problems.length > 0) {
    throw new Error(`SETTINGS_URL (${url}) has patterns that are refused: ${problems.join("; ")}.`);
  }
  return document as TransformerSettings;
}
