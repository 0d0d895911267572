/**
 * Does what a guide says, in a folder of its own: runs its commands in a shell, and writes its files. What is different
 * from a reader's machine stands here: names of the guide are those of the test, Terraform asks nobody, `npm run synth`
 * and `npx` run what was built, the plain modules lie beside what calls them, and every stack and root is pointed at the
 * emulator.
 */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type Moto, OVERRIDE, withoutDenyOnObjects } from "../support/moto";
import { ROOT } from "../support/rollout";
import { terraformEnvironment, tools } from "../support/terraform";
import { type Block, blocksOf } from "./page";

/** Of `bash` for a guide's command that hangs. */
const TIMEOUT_MS = 240_000;

/** The variables by which the AWS CLI and the SDKs find a service, by Terraform's name of it. */
const ENDPOINTS = {
  lambda: "AWS_ENDPOINT_URL_LAMBDA",
  apigateway: "AWS_ENDPOINT_URL_API_GATEWAY",
  apigatewayv2: "AWS_ENDPOINT_URL_APIGATEWAYV2",
} as const;

/** How the code block of a file begins. */
const FILE = /^# (\S+\.\w+)\n/;

export interface Shown {
  readonly code: number | null;
  readonly output: string;
}

export interface ReaderOptions {
  readonly moto: Moto;
  readonly region: string;
  /** What stands before moto, by the service that it stands in for. */
  readonly elsewhere: Readonly<Record<keyof typeof ENDPOINTS, string>>;
  /** What stands for what in the guides. */
  readonly names: Readonly<Record<string, string>>;
  /** What a reader has set before. */
  readonly environment?: Readonly<Record<string, string>>;
}

export class Reader {
  readonly folder = mkdtempSync(join(tmpdir(), "guide-"));
  /** Blocks of commands that were run. */
  readonly done = new Set<string>();
  readonly #environment: Record<string, string>;

  constructor(private readonly options: ReaderOptions) {
    const { moto, region, elsewhere } = options;
    const bin = join(this.folder, "bin");
    mkdirSync(bin);
    writeFileSync(join(this.folder, "cdk.tf.json"), "{}");
    moto.redirect(this.folder, { region }, elsewhere);
    const modules = join(this.folder, "terraform");
    cpSync(join(ROOT, "terraform"), modules, { recursive: true });
    writeFileSync(join(modules, OVERRIDE), JSON.stringify(withoutDenyOnObjects(join(modules, "main.tf.json"))));
    const program = (name: string, ...lines: string[]) => {
      writeFileSync(join(bin, name), ["#!/bin/sh -eu", ...lines, ""].join("\n"));
      chmodSync(join(bin, name), 0o755);
    };
    program(
      "npm",
      'test "$1 $2 $3" = "run synth --"; shift 3',
      `'${process.execPath}' '${join(ROOT, "dist", "main.js")}' "$@"`,
      `for stack in terraform.out/stacks/*; do cp '${join(this.folder, OVERRIDE)}' "$stack"; done`,
    );
    program(
      "npx",
      'test "$1" = cdktf-moesif-firehose; shift',
      `exec '${process.execPath}' '${join(ROOT, "dist", "cli", "main.js")}' "$@"`,
    );
    this.#environment = {
      ...options.environment,
      ...terraformEnvironment(),
      ...moto.environment(),
      ...Object.fromEntries(
        Object.entries(ENDPOINTS).map(([service, name]) => [name, elsewhere[service as keyof typeof ENDPOINTS]]),
      ),
      PATH: [bin, process.env.PATH].join(delimiter),
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_PAGER: "",
      NODE_NO_WARNINGS: "1",
      TF_CLI_ARGS: "-no-color",
      TF_CLI_ARGS_init: "-input=false",
      TF_CLI_ARGS_apply: "-auto-approve -input=false",
      TF_CLI_ARGS_destroy: "-auto-approve -input=false",
    };
  }

  /**
   * Reads a section of a guide: writes its files and runs its commands, in order.
   *
   * @param codes exit codes of its blocks of commands, 0 where left out
   */
  async read(page: string, heading: string, codes: readonly number[] = []): Promise<string> {
    const blocks = blocksOf(page).filter((block) => block.heading === heading);
    if (blocks.length === 0) throw new Error(`${page} has no commands under "${heading}"`);
    const commands = blocks.filter(({ language }) => language === "sh");
    const outputs: string[] = [];
    for (const block of blocks) {
      if (FILE.test(block.text)) this.write(block);
      if (block.language === "sh") outputs.push(await this.run(block, codes[commands.indexOf(block)]));
    }
    return outputs.join("\n");
  }

  /** Writes a file of a guide, whose name is its first line; a root of Terraform then talks to the emulator. */
  write({ text }: Block): void {
    const file = join(this.folder, FILE.exec(text)![1]!);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, this.#named(text));
    if (file.endsWith(".tf")) copyFileSync(join(this.folder, OVERRIDE), join(dirname(file), OVERRIDE));
  }

  async run(block: Block, expected = 0): Promise<string> {
    const { code, output } = await this.shell(this.#named(block.text));
    if (code !== expected) throw new Error(`${block.text}\nexit code ${code}, not ${expected}\n${output}`);
    this.done.add(block.text);
    return output;
  }

  /** Runs commands as a reader's shell does; stops at the first that fails. */
  shell(script: string): Promise<Shown> {
    return new Promise((resolve, reject) => {
      const child = spawn("bash", ["-euo", "pipefail", "-c", script], {
        cwd: this.folder,
        env: { ...process.env, ...this.#environment },
        stdio: ["ignore", "pipe", "pipe"],
        timeout: TIMEOUT_MS,
      });
      let output = "";
      child.stdout.on("data", (data: Buffer) => (output += data.toString()));
      child.stderr.on("data", (data: Buffer) => (output += data.toString()));
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, output }));
    });
  }

  #named(text: string): string {
    const names = { ...this.options.names, ...olderCli(), "…//terraform": "../terraform" };
    return Object.entries(names).reduce((whole, [name, own]) => whole.replaceAll(name, own), text);
  }
}

/** Version 1 of the AWS CLI does without being told what version 2 has to be told. */
function olderCli(): Record<string, string> {
  const version = execFileSync(tools.aws!, ["--version"], { encoding: "utf8", timeout: 30_000 });
  return version.startsWith("aws-cli/1.") ? { "--cli-binary-format raw-in-base64-out": "" } : {};
}
