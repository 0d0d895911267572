/** A small repository of its own to release: a package, a changelog and a plain module. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../support/rollout";

export type Files = Readonly<Record<string, string | Uint8Array>>;

const TIMEOUT_MS = 5 * 60_000;
/** What the machine that runs the tests sets must not decide: neither GitHub's variables nor npm's nor git's. */
const ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: tmpdir(),
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@example.com",
  GIT_COMMITTER_NAME: "A",
  GIT_COMMITTER_EMAIL: "a@example.com",
  GIT_COMMITTER_DATE: "2026-03-04T05:06:07Z",
  // Whoever asks a registry does not get an answer.
  npm_config_registry: "http://127.0.0.1:9",
  npm_config_fetch_retries: "0",
  npm_config_update_notifier: "false",
};

export const CHANGELOG = `# Changelog

All notable changes.

## 0.9.0 - 2026-01-02

- The first.
`;

export function manifests(version: string, more: object = {}): Files {
  const name = "a-package";
  return {
    "package.json": JSON.stringify({ name, version, license: "Apache-2.0", files: ["index.js"], ...more }),
    "package-lock.json": JSON.stringify({ name, version, lockfileVersion: 3, packages: { "": { name, version } } }),
    "index.js": "module.exports = 1;\n",
  };
}

export const MODULE: Files = {
  "terraform/main.tf": "# Empty.\n",
  "terraform/modules/inner/main.tf": "# Inner.\n",
  "terraform/transformer.zip": Uint8Array.from([80, 75, 5, 6, 0, 255, 10, 13]),
  LICENSE: "Apache\n",
  NOTICE: "a-package\n",
  ".gitignore": "release.out/\n",
};

/** A step's end. */
export interface Result {
  readonly code: number | null;
  readonly output: string;
}

export class FixtureRepository {
  readonly folder = mkdtempSync(join(tmpdir(), "released-"));

  constructor(files: Files = {}) {
    this.git("init", "--quiet", "--initial-branch=main");
    this.git("config", "core.autocrlf", "false");
    this.commit("Begin", files);
  }

  /** Runs a step of a release, as the workflow does. */
  step(name: string, args: readonly string[] = [], env: Record<string, string> = {}): Result {
    return this.run(process.execPath, [join(ROOT, "scripts", "release", `${name}.mjs`), ...args], env);
  }

  git(...args: readonly string[]): string {
    const { code, output } = this.run("git", args);
    if (code !== 0) throw new Error(`git ${args.join(" ")}: ${output}`);
    return output;
  }

  commit(subject: string, files: Files = {}): void {
    this.write(files);
    this.git("add", "--all");
    this.commitNothing(subject);
  }

  commitNothing(subject: string): void {
    this.git("commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "-m", subject);
  }

  write(files: Files): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), content);
    }
  }

  read(path: string): Buffer {
    return readFileSync(join(this.folder, path));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(command: string, args: readonly string[], env: Record<string, string> = {}): Result {
    const options = { cwd: this.folder, env: { ...ENVIRONMENT, ...env }, timeout: TIMEOUT_MS } as const;
    const { status, stdout, stderr, error } = spawnSync(command, args, { ...options, encoding: "utf8" });
    return { code: status, output: `${stdout}${stderr}${error?.message ?? ""}` };
  }
}
