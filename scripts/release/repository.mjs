/** The repository that a release is made of: the folder that a script is called in, as npm and GitHub do. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Where a release is put together; not committed. */
export const OUTPUT = "release.out";

const TIMEOUT_MS = 10 * 60_000;
const MAX_OUTPUT = 256 * 1024 * 1024;

/**
 * What a command prints.
 *
 * @returns {string}
 * @throws Error where it fails, or is not done after ten minutes
 */
export function run(command, args, options = {}) {
  const stdio = ["ignore", "pipe", "inherit"];
  return execFileSync(command, args, {
    encoding: "utf8",
    timeout: TIMEOUT_MS,
    maxBuffer: MAX_OUTPUT,
    stdio,
    ...options,
  });
}

export const git = (...args) => run("git", args);

export const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

export const packageJson = () => readJson("package.json");

/** Whether a version is none that users get without asking for it, such as 1.0.0-rc.1. */
export const isPrerelease = (version) => version.includes("-");

/** Prints a message instead of a stack trace, and exits with the code of a failure. */
export function fail(...messages) {
  for (const message of messages) console.error(message);
  process.exit(1);
}
