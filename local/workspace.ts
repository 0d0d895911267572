/** The directory that a local run writes to, and how an earlier run's files are cleared from it. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lockFolder, makeFolder } from "../common/folders";
import { messageOf, UsageError } from "../common/usage-error";

/** Only a directory with this file in it is ever cleared. */
const MARKER = ".moesif-firehose-local-run";
const BACKUP = "backup";
const SECRET = "secret.json";
const HASH_KEY = "hash-key.json";
const LOG = "transformer.log";
/** Shows what Moesif would. */
export const PAGE = "preview.html";

/** Where things are in the directory of a run. */
export interface Workspace {
  /** Below it, one directory for each stream's bucket. */
  readonly backup: string;
  /** Holds the application id as Secrets Manager would. */
  readonly secretFile: string;
  /** Holds a key for hashes, random as well, in the same way. */
  readonly hashKeyFile: string;
  readonly logFile: string;
  /** The application id of this run: random, so that nothing can depend on its value. */
  readonly applicationId: string;
}

/**
 * Makes `directory` where it is missing, and keeps other runs out of it. A directory that holds other people's files is
 * refused.
 *
 * @returns what lets other runs in again
 */
export function lockWorkspace(directory: string): () => void {
  try {
    makeFolder(directory);
    claim(directory);
    return lockFolder(directory, "--out");
  } catch (error) {
    throw cannotWrite(directory, error);
  }
}

/** Makes `directory` ready: what an earlier run wrote is removed, and nothing else is. */
export function openWorkspace(directory: string): Workspace {
  try {
    makeFolder(directory);
    claim(directory);
    for (const name of [BACKUP, SECRET, HASH_KEY, LOG, PAGE])
      rmSync(join(directory, name), { recursive: true, force: true });
    const applicationId = randomBytes(48).toString("base64url");
    const secretFile = writeSecret(join(directory, SECRET), { api_key: applicationId });
    const hashKeyFile = writeSecret(join(directory, HASH_KEY), { hash_key: randomBytes(48).toString("base64url") });
    writeFileSync(join(directory, LOG), "");
    mkdirSync(join(directory, BACKUP));
    return { backup: join(directory, BACKUP), secretFile, hashKeyFile, logFile: join(directory, LOG), applicationId };
  } catch (error) {
    throw cannotWrite(directory, error);
  }
}

/** What is said when the system refuses to write below the directory of a run. */
export function cannotWrite(directory: string, error: unknown): UsageError {
  if (error instanceof UsageError) return error;
  return new UsageError(`--out: ${directory} cannot be written to: ${messageOf(error)}. Name another directory.`);
}

/** Writes what is the string of a secret in Secrets Manager, readable by its owner only. */
function writeSecret(file: string, value: object): string {
  writeFileSync(file, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  return file;
}

function claim(directory: string): void {
  const marker = join(directory, MARKER);
  if (existsSync(marker)) return;
  if (readdirSync(directory).length > 0)
    throw new UsageError(`--out: ${directory} holds files that no local run wrote. Name a new or an empty directory.`);
  writeFileSync(marker, "Written by npm start, which clears this directory when it runs again.\n");
}
