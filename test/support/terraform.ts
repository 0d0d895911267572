/** Runs the real Terraform with the real provider on what was synthesized. */
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProviderFront } from "./provider-front";
import type { Tools } from "./tools";

export const tools: Tools = JSON.parse(process.env.TEST_TOOLS ?? "{}");

/** As `describe`, for tests that need Terraform and the provider. */
export const describeWithTerraform: jest.Describe = tools.terraform && tools.mirror ? describe : describe.skip;

/** As `describe`, for tests that need moto besides. */
export const describeWithMoto: jest.Describe = tools.terraform && tools.mirror && tools.moto ? describe : describe.skip;

/** As `describe`, for tests that run the commands of a guide, as its reader would. */
export const describeWithCommands: jest.Describe = tools.aws && tools.jq ? describeWithMoto : describe.skip;

export interface Result {
  readonly code: number | null;
  readonly output: string;
}

/** Ends a command that hangs. */
const TIMEOUT_MS = 10 * 60_000;

let cliConfig: string | undefined;

/** Terraform takes providers from the mirror, and from nowhere else. */
function cliConfigFile(): string {
  if (cliConfig === undefined) {
    cliConfig = join(mkdtempSync(join(tmpdir(), "terraform-rc-")), "terraformrc");
    writeFileSync(
      cliConfig,
      `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(tools.mirror)}\n  }\n}\n`,
    );
  }
  return cliConfig;
}

/** What every Terraform of the tests has in its environment. */
export function terraformEnvironment(): Record<string, string> {
  return {
    TF_CLI_CONFIG_FILE: cliConfigFile(),
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
    // Most of a command's time goes into the schemas of the provider: with more memory, a third less of it.
    GOGC: process.env.GOGC ?? "400",
  };
}

export interface TerraformOptions {
  /** Whether it starts the provider itself, as for a user: each command then takes some seconds more. */
  readonly startsProvider?: boolean;
}

/** One working directory of Terraform. */
export class Terraform {
  constructor(
    readonly directory: string,
    private readonly environment: Readonly<Record<string, string>> = {},
    private readonly options: TerraformOptions = {},
  ) {}

  /** Runs a command to its end, or kills it after the time-out; never throws because Terraform failed. */
  async run(args: readonly string[]): Promise<Result> {
    const environment = { ...terraformEnvironment(), ...this.environment };
    const front = this.options.startsProvider
      ? undefined
      : await ProviderFront.start(tools.provider!, { environment, directory: this.directory });
    try {
      return await this.#run(args, { ...environment, ...front?.variables });
    } finally {
      front?.stop();
    }
  }

  #run(args: readonly string[], environment: Record<string, string>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const child = spawn(tools.terraform!, [`-chdir=${this.directory}`, ...args], {
        env: { ...process.env, ...environment },
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

  /** Runs a command that must succeed. */
  async must(args: readonly string[]): Promise<string> {
    const { code, output } = await this.run(args);
    if (code !== 0) throw new Error(`terraform ${args.join(" ")}: exit code ${code}\n${output}`);
    return output;
  }

  /** `init` without the backend, which needs credentials. */
  init(): Promise<string> {
    return this.must(["init", "-backend=false", "-input=false", "-no-color"]);
  }

  validate(): Promise<Result> {
    return this.run(["validate", "-no-color"]);
  }

  apply(): Promise<string> {
    return this.must(["apply", "-auto-approve", "-input=false", "-no-color"]);
  }

  /** Exit code 0: nothing to do; 2: a difference; 1: an error. */
  plan(...args: string[]): Promise<Result> {
    return this.run(["plan", "-detailed-exitcode", "-input=false", "-no-color", ...args]);
  }

  destroy(...args: string[]): Promise<string> {
    return this.must(["destroy", "-auto-approve", "-input=false", "-no-color", ...args]);
  }

  /** The addresses in state; empty when there is none. */
  async stateList(): Promise<string[]> {
    const { output } = await this.run(["state", "list", "-no-color"]);
    return output.split("\n").filter((line) => /^[a-z_]+\.\S+$/.test(line));
  }
}
