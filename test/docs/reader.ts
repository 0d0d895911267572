/**
 * Does what a guide says, in a folder of its own: runs its commands in a shell, and writes its files. What is different
 * from a reader's machine stands here: names of the guide are those of the test, Terraform asks no questions, npm and npx run
 * what was built, the plain modules lie in the same folder, and every stack and root is pointed at the emulator.
 */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { json } from "node:stream/consumers";
import { type Moto, OVERRIDE } from "../support/moto";
import { ProviderFront, type Surroundings } from "../support/provider-front";
import { ROOT } from "../support/rollout";
import { terraformEnvironment, tools } from "../support/terraform";
import { type Block, blocksOf } from "./page";

/** Of `bash` for a guide's command that hangs. */
const TIMEOUT_MS = 10 * 60_000;

/** The variables by which the AWS CLI and the SDKs find a service, by Terraform's name of it. */
const ENDPOINTS = {
  lambda: "AWS_ENDPOINT_URL_LAMBDA",
  apigateway: "AWS_ENDPOINT_URL_API_GATEWAY",
  apigatewayv2: "AWS_ENDPOINT_URL_APIGATEWAYV2",
} as const;

/** How the code block of a file begins. */
const FILE = /^(?:#|\/\/) (\S+\.\w+)\n/;

export interface Shown {
  readonly code: number | null;
  readonly output: string;
}

/** An emulated AWS. */
export interface Aws {
  readonly moto: Moto;
  /** What stands before moto, by the service that it stands in for. */
  readonly elsewhere?: Readonly<Partial<Record<keyof typeof ENDPOINTS, string>>>;
}

export interface ReaderOptions {
  /** Left out where no command asks AWS. */
  readonly aws?: Aws;
  readonly region: string;
  /** What stands for what in the guides. */
  readonly names: Readonly<Record<string, string>>;
  /** What a reader has set before. */
  readonly environment?: Readonly<Record<string, string>>;
}

export class Reader {
  readonly folder = mkdtempSync(join(tmpdir(), "guide-"));
  /** The temporary folder of the commands. */
  readonly temporary = join(this.folder, "tmp");
  /** Blocks of commands that were run. */
  readonly done = new Set<string>();
  readonly #environment: Record<string, string>;

  constructor(private readonly options: ReaderOptions) {
    const { aws, region } = options;
    const bin = join(this.folder, "bin");
    mkdirSync(bin);
    mkdirSync(this.temporary);
    if (aws) this.#pointAt(aws);
    const program = (name: string, script: string) => {
      writeFileSync(join(bin, name), script);
      chmodSync(join(bin, name), 0o755);
    };
    program("npm", npm());
    program("npx", npx(join(this.folder, OVERRIDE)));
    program("terraform", terraform());
    this.#environment = {
      ...options.environment,
      ...(aws && { ...terraformEnvironment(), ...aws.moto.environment() }),
      ...Object.fromEntries(
        Object.entries(aws?.elsewhere ?? {}).map(([service, url]) => [
          ENDPOINTS[service as keyof typeof ENDPOINTS],
          url,
        ]),
      ),
      PATH: [bin, process.env.PATH].join(delimiter),
      TMPDIR: this.temporary,
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

  #pointAt({ moto, elsewhere }: Aws): void {
    writeFileSync(join(this.folder, "cdk.tf.json"), "{}");
    moto.redirect(this.folder, { region: this.options.region }, elsewhere);
    cpSync(join(ROOT, "terraform"), join(this.folder, "terraform"), { recursive: true });
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
    writeFileSync(file, this.named(text));
    if (file.endsWith(".tf")) copyFileSync(join(this.folder, OVERRIDE), join(dirname(file), OVERRIDE));
  }

  async run(block: Block, expected = 0): Promise<string> {
    const { code, output } = await this.shell(this.named(block.text));
    if (code !== expected) throw new Error(`${block.text}\nexit code ${code}, not ${expected}\n${output}`);
    this.done.add(block.text);
    return output;
  }

  /** Runs commands in one shell, and shows what becomes of each. */
  async each(commands: readonly string[]): Promise<Shown[]> {
    const shown = mkdtempSync(join(tmpdir(), "shown-"));
    const lines = commands.map(
      (one, index) => `{ ${this.named(one)}\n} >'${shown}/${index}' 2>&1; echo $? >'${shown}/${index}.code'`,
    );
    await this.shell(["set +e", ...lines].join("\n"), commands.length * TIMEOUT_MS);
    const read = (name: string) => readFileSync(join(shown, name), "utf8");
    return commands.map((_, index) => ({ code: Number(read(`${index}.code`)), output: read(String(index)) }));
  }

  /** Runs commands as a reader's shell does; stops at the first that fails. */
  async shell(script: string, timeout = TIMEOUT_MS): Promise<Shown> {
    const fronts: ProviderFront[] = [];
    const server = createServer(async (request, response) => {
      const front = await ProviderFront.start(tools.provider!, (await json(request)) as Surroundings);
      fronts.push(front);
      response.end(JSON.stringify(front.variables));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      return await this.#shell(script, timeout, (server.address() as AddressInfo).port);
    } finally {
      server.close();
      for (const front of fronts) front.stop();
    }
  }

  #shell(script: string, timeout: number, port: number): Promise<Shown> {
    return new Promise((resolve, reject) => {
      const child = spawn("bash", ["-euo", "pipefail", "-c", script], {
        cwd: this.folder,
        env: { ...process.env, ...this.#environment, FRONTS: `http://127.0.0.1:${port}` },
        stdio: ["ignore", "pipe", "pipe"],
        timeout,
      });
      let output = "";
      child.stdout.on("data", (data: Buffer) => (output += data.toString()));
      child.stderr.on("data", (data: Buffer) => (output += data.toString()));
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, output }));
    });
  }

  /** A text of a guide with the names of the test. */
  named(text: string): string {
    const modules = {
      "<namespace>/moesif-firehose/aws//modules": "../terraform/modules",
      '"<namespace>/moesif-firehose/aws"': '"../terraform"',
    };
    const names = { ...this.options.names, ...(this.options.aws && olderCli()), ...modules };
    return Object.entries(names).reduce((whole, [name, own]) => whole.replaceAll(name, own), text);
  }
}

/**
 * npm in the place of the real one: it runs what a script of package.json runs once all is built, in the reader's folder.
 * `npm ci` and `npm install` have nothing to do there, and `npm version` is the real one's.
 */
function npm(): string {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Record<"scripts", object>;
  const cases = Object.entries(scripts).flatMap(([name, script]: [string, string]) => {
    const [, program, ...more] = script.split(" && ");
    const [, file, args] = /^node dist\/(\S+)(.*)$/.exec(program ?? "") ?? [];
    if (file === undefined || more.length > 0) return [];
    return [`  ${name}) ${NODE} '${join(ROOT, "dist", file)}'${args} "$@" ;;`];
  });
  return `#!/bin/bash -eu
case "$1" in
  ci) test $# = 1; exit ;;
  install) exit ;;
  version) PATH="\${PATH#*:}" exec npm "$@" ;;
  start) script=start ;;
  run) script="$2"; shift ;;
  *) echo "npm knows no $1 here" >&2; exit 64 ;;
esac
shift
if [ $# -gt 0 ]; then
  if [ "$1" != -- ]; then echo "npm keeps $1 to itself: write -- before it" >&2; exit 64; fi
  shift
fi
case "$script" in
${cases.join("\n")}
  *) echo "package.json has no script $script that can be run here" >&2; exit 64 ;;
esac
`;
}

/** npx in the place of the real one; a stack that was synthesized is pointed at the emulator. */
function npx(override: string): string {
  return `#!/bin/sh -eu
test "$1" = cdktf-moesif-firehose; shift
${NODE} '${join(ROOT, "dist", "cli", "main.js")}' "$@"
if [ "$1" = synth ] && [ -f '${override}' ] && [ -d terraform.out ]; then
  for stack in terraform.out/stacks/*; do cp '${override}' "$stack"; done
fi
`;
}

/** Terraform, of which each command is given a front of the provider. */
function terraform(): string {
  return `#!${process.execPath}
const [, , ...args] = process.argv;
const directory = require("node:path").resolve(/^-chdir=(.*)$/.exec(args[0])?.[1] ?? "");
fetch(process.env.FRONTS, { method: "POST", body: JSON.stringify({ directory, environment: process.env }) })
  .then((response) => response.json())
  .then((variables) => {
    const env = { ...process.env, ...variables };
    const { status } = require("node:child_process").spawnSync(${JSON.stringify(tools.terraform)}, args, { env, stdio: "inherit" });
    process.exitCode = status ?? 1;
  });
`;
}

const NODE = `'${process.execPath}'`;

/** An option that version 2 of the AWS CLI needs, and version 1 does not know. */
function olderCli(): Record<string, string> {
  const version = execFileSync(tools.aws!, ["--version"], { encoding: "utf8", timeout: 5 * 60_000 });
  return version.startsWith("aws-cli/1.") ? { "--cli-binary-format raw-in-base64-out": "" } : {};
}
