/** The package as its users have it: packed, and installed in an empty folder beside each pair of cdktf and bindings. */
import { exec, execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { blocksOf } from "../docs/page";
import { ROOT } from "../support/rollout";

const APP = join(__dirname, "app");
const ESM_APP = join(__dirname, "esm", "app.mts");
const INSTALL_TIMEOUT_MS = 10 * 60_000;
const TIMEOUT_MS = 5 * 60_000;

const workspace = mkdtempSync(join(tmpdir(), "installed-"));
const { folders = {}, unreachable } = install();
const combinations = Object.entries(folders);
if (unreachable) console.warn(`The tests of the installed package were skipped: npm says "${unreachable}".`);
const describeInstalled = unreachable ? describe.skip : describe;

/** Before any test, since it decides whether there are tests: a machine without network may have nothing to install. */
function install(): { readonly folders?: Readonly<Record<string, string>>; readonly unreachable?: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(__dirname, "install.mjs"), workspace], {
    encoding: "utf8",
    timeout: INSTALL_TIMEOUT_MS,
  });
  const result = status === 0 ? JSON.parse(stdout.trimEnd().split("\n").at(-1)!) : undefined;
  if (result?.folders === undefined) rmSync(workspace, { recursive: true, force: true });
  if (result === undefined || (result.unreachable && process.env.REQUIRE_INSTALL_TESTS)) {
    throw new Error(`the package could not be installed: ${result?.unreachable ?? stderr}`);
  }
  return result;
}

afterAll(() => rmSync(workspace, { recursive: true, force: true }));

async function run(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const options = { cwd: folder, timeout: TIMEOUT_MS, env: { ...process.env, ...env } };
  const { stdout } = await promisify(execFile)(process.execPath, args, options);
  return stdout;
}

/** Compiles the one app as strictly as users do, runs both, each into a folder of its own. */
async function synthesizeApps(folder: string): Promise<void> {
  for (const file of readdirSync(APP)) copyFileSync(join(APP, file), join(folder, file));
  copyFileSync(ESM_APP, join(folder, "esm.mts"));
  const compilerOptions = { target: "ES2022", module: "node16", strict: true, skipLibCheck: true, types: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["app.ts", "esm.mts"] }));
  await run(folder, [join(ROOT, "node_modules", "typescript", "lib", "tsc.js"), "-p", "."]);
  await run(folder, ["app.js"], { CDKTF_OUTDIR: "from-typescript" });
  await run(folder, ["app.mjs"], { CDKTF_OUTDIR: "from-javascript" });
  await run(folder, ["esm.mjs"], { CDKTF_OUTDIR: "from-module" });
}

/** Every file below a folder by its path: JSON as it is read, which spaces have no part in, the others as their hashes. */
function filesIn(folder: string): Record<string, any> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      const content = readFileSync(file);
      const hash = () => createHash("sha256").update(content).digest("hex");
      return [file.slice(folder.length + 1), name.endsWith(".json") ? JSON.parse(content.toString()) : hash()];
    }),
  );
}

const STACKS = ["orders", "moesif-production-us-east-1"].map((stack) => join("stacks", stack, "cdk.tf.json"));

/**
 * The files of one synthesis. All that may differ between cdktf and its successor is the version of itself that each
 * writes down; the version of the AWS provider, which bindings pin, both stacks widen.
 */
function withoutVersion(folder: string): Record<string, any> {
  const files = filesIn(folder);
  for (const stack of STACKS) delete files[stack]["//"].metadata.version;
  delete files["manifest.json"].version;
  return files;
}

describeInstalled("the installed package", () => {
  beforeAll(async () => {
    await Promise.all(combinations.map(([, folder]) => synthesizeApps(folder)));
  });

  it.each(combinations)("synthesizes what was written, with the very packages that were meant: %s", (name, folder) => {
    const files = filesIn(join(folder, "from-typescript"));
    const version = /cdktf (?:npm:cdktn@)?([0-9.]+)/.exec(name)![1];
    expect(STACKS.map((stack) => files[stack]["//"].metadata.version)).toEqual([version, version]);
    expect(files[STACKS[0]!].output.logged.value).toEqual(["orders/shop_stage: logged", "orders/orders_stage: logged"]);
    expect(Object.keys(files[STACKS[1]!].resource)).toContain("aws_lambda_invocation");
  });

  it.each(combinations)("synthesizes the same from JavaScript as from TypeScript: %s", (_, folder) => {
    expect(filesIn(join(folder, "from-javascript"))).toEqual(filesIn(join(folder, "from-typescript")));
  });

  it.each(combinations)("synthesizes from a module in TypeScript: %s", (_, folder) => {
    const { resource } = filesIn(join(folder, "from-module"))[STACKS[0]!];
    expect(Object.keys(resource)).toContain("aws_kinesis_firehose_delivery_stream");
  });

  it("synthesizes the same from an app that names cdktn itself", async () => {
    const [, folder] = combinations.at(-1)!;
    const app = readFileSync(join(folder, "app.mjs"), "utf8").replace('from "cdktf"', 'from "cdktn"');
    writeFileSync(join(folder, "native.mjs"), app);
    await run(folder, ["native.mjs"], { CDKTF_OUTDIR: "from-native" });
    expect(filesIn(join(folder, "from-native"))).toEqual(filesIn(join(folder, "from-javascript")));
  });

  it("refuses a stack of cdktn where it was not installed by the recipe", async () => {
    const [[, other], [, cdktn]] = [combinations[1]!, combinations.at(-1)!];
    const script = `
      const { App, TerraformStack } = require(${JSON.stringify(join(cdktn, "node_modules", "cdktn"))});
      const { MoesifPipeline } = require("cdktf-moesif-firehose");
      const stack = new TerraformStack(new App(), "orders");
      try {
        new MoesifPipeline(stack, "moesif", { applicationId: { secretName: "moesif" } });
      } catch (error) {
        console.log(error.message);
      }`;
    expect(await run(other, ["-e", script])).toMatch(
      /^orders: this stack is of version 0\.24\.0 of another core.*\n.* by the recipe "cdktn by npm aliases" of docs\/constructs\.md\n$/,
    );
  });

  it("synthesizes the same with the oldest bindings and the newest, by cdktf and by its successor", () => {
    const [first, ...others] = combinations.map(([, folder]) => withoutVersion(join(folder, "from-typescript")));
    expect(others).toHaveLength(2);
    for (const other of others) expect(other).toEqual(first);
  });

  describe("in an empty folder", () => {
    const { name, version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const STACK = "moesif-production-us-east-1";
    const [[cdktf, folder]] = combinations as [[string, string]];
    const [cdktn, folderOfCdktn] = combinations.at(-1)!;

    function emptyFolder(): string {
      const empty = mkdtempSync(join(workspace, "empty-"));
      copyFileSync(join(APP, "rollout.yaml"), join(empty, "rollout.yaml"));
      return empty;
    }

    /** What a command ends with and prints, without access to AWS. */
    async function command(cwd: string, args: readonly string[], from = folder) {
      const { PATH, HOME } = process.env;
      const env = { PATH, HOME, NODE_NO_WARNINGS: "1", AWS_EC2_METADATA_DISABLED: "true", AWS_PROFILE: "none" };
      const options = { cwd, timeout: TIMEOUT_MS, env };
      return promisify(execFile)(join(from, "node_modules", ".bin", name), args, options).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
      );
    }

    const empty = emptyFolder();

    it("npx finds the command", async () => {
      const options = { cwd: folder, timeout: TIMEOUT_MS };
      const { stdout } = await promisify(execFile)("npx", ["--no-install", name, "--version"], options);
      expect(stdout).toBe(`${version}\n`);
    });

    it("synth --check checks the rollout file and writes nothing", async () => {
      expect(await command(empty, ["synth", "--check"])).toEqual({
        code: 0,
        stdout: `rollout.yaml is valid: 1 stack.\n  - ${STACK}\n`,
        stderr: "",
      });
      expect(readdirSync(empty)).toEqual(["rollout.yaml"]);
    });

    it("synth --check reports a mistake with its line and the fix", async () => {
      const rollout = readFileSync(join(empty, "rollout.yaml"), "utf8");
      writeFileSync(join(empty, "bad.yaml"), rollout.replace("- name: us-east-1", "- name: us-est-1"));
      const { code, stdout, stderr } = await command(empty, ["synth", "bad.yaml", "--check"]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^bad\.yaml:13:15 {2}accounts\[0\]\.regions\[0\]\.name/);
      expect(stderr).toMatch(/^ {2}fix: .*us-east-1/m);
    });

    // Of cdktf and its successor.
    it.each([
      [cdktf, folder],
      [cdktn, folderOfCdktn],
    ])("synth writes what an app of one's own writes, and says what to run next: %s", async (_, from) => {
      const cwd = emptyFolder();
      const stack = join("cdktf.out", "stacks", STACK);
      expect(await command(cwd, ["synth"], from)).toEqual({
        code: 0,
        stdout: `${stack}\n\nNext: cd ${stack} && terraform init && terraform apply\n`,
        stderr: "",
      });
      expect(filesIn(join(cwd, stack))).toEqual(filesIn(join(from, "from-typescript", "stacks", STACK)));
    });

    it("preview shows a log", async () => {
      writeFileSync(join(empty, "access.ndjson"), '{"no":"access log"}\n');
      const { stdout } = await command(empty, ["preview", "access.ndjson", "--json"]);
      const [record, totals] = stdout.trimEnd().split("\n");
      expect(JSON.parse(record!)).toMatchObject({ line: 1, result: "ProcessingFailed" });
      expect(JSON.parse(totals!)).toHaveProperty("totals");
    });

    it("coverage says that it has no access to AWS, and what to do", async () => {
      const { code, stdout, stderr } = await command(empty, ["coverage"]);
      expect(code).toBe(3);
      expect(stdout).toMatch(/^production us-east-1 \(111111111111, moesif-production-us-east-1\)\n\nNo access: /);
      expect(stderr).toMatch(
        /^account 111111111111 \(production\), us-east-1: .* {2}\[no-access\]\n {2}fix: set credentials/,
      );
    });

    it("check-format repairs a format", async () => {
      const { code, stdout } = await command(empty, ["check-format", '{"status":"$context.status"}', "--type", "HTTP"]);
      expect(code).toBe(1);
      expect(stdout).toMatch(/^2 issues for HTTP APIs:\n[^]*\n\nRepaired:\n\{/);
    });

    it("--help of each shows its usage and the exit codes", async () => {
      const commands = ["synth", "preview", "coverage", "check-format"];
      const shown = await Promise.all(commands.map((one) => command(empty, [one, "--help"])));
      for (const [index, { code, stdout }] of shown.entries()) {
        expect(code).toBe(0);
        expect(stdout).toMatch(new RegExp(`^Usage: ${name} ${commands[index]} \\[options\\]`));
        expect(stdout).toMatch(/\nExit codes:\n {2}0 {3}done\n/);
      }
    });
  });

  it("is what the example of an app runs with, as cdktf's command line runs it", async () => {
    const [[, folder]] = combinations as [[string, string]];
    const example = join(ROOT, "examples", "cdktf-app");
    for (const file of readdirSync(example)) copyFileSync(join(example, file), join(folder, file));
    const { app } = JSON.parse(readFileSync(join(example, "cdktf.json"), "utf8"));
    const env = { ...process.env, CDKTF_OUTDIR: "from-example", npm_config_offline: "true" };
    await promisify(exec)(app, { cwd: folder, env, timeout: TIMEOUT_MS });
    const stacks = readdirSync(join(folder, "from-example", "stacks"));
    expect(stacks).toEqual(["moesif-production-eu-west-1", "moesif-production-us-east-1"]);
  });

  describe("runs the quick starts of the README", () => {
    const [[, folder] = []] = combinations;
    const offline = { CDKTF_OUTDIR: undefined, npm_config_offline: "true" };

    /** A quick start in a folder of its own, with the packages that were installed: its file is written, its npx is run. */
    async function quickStart(heading: string, file: string, language: string): Promise<string> {
      const cwd = mkdtempSync(join(workspace, "quick-start-"));
      symlinkSync(join(folder!, "node_modules"), join(cwd, "node_modules"));
      const blocks = blocksOf("README.md").filter((block) => block.heading === heading);
      const [written] = blocks.filter((block) => block.language === language);
      writeFileSync(join(cwd, file), written!.text);
      const [commands] = blocks.filter((block) => block.language === "sh");
      const [npx] = commands!.text.split("\n").filter((line) => line.startsWith("npx "));
      await promisify(exec)(npx!, { cwd, env: { ...process.env, ...offline }, timeout: TIMEOUT_MS });
      return cwd;
    }

    it("a rollout file", async () => {
      const cwd = await quickStart("Rollout file", "rollout.yaml", "yaml");
      const stack = filesIn(join(cwd, "terraform.out", "stacks", "moesif-production-eu-west-1"))["cdk.tf.json"];
      expect(Object.keys(stack.resource)).toEqual(
        expect.arrayContaining(["aws_kinesis_firehose_delivery_stream", "aws_lambda_invocation"]),
      );
    });

    it("constructs", async () => {
      const cwd = await quickStart("Constructs", "main.ts", "ts");
      const stack = filesIn(join(cwd, "cdktf.out", "stacks", "orders"))["cdk.tf.json"];
      expect(Object.keys(stack.resource)).toContain("aws_kinesis_firehose_delivery_stream");
    });
  });

  it("tells by its source maps where in the source an error arose", async () => {
    const script = `try { require("cdktf-moesif-firehose").restAccessLogFormat(null) } catch (e) { console.log(e.stack) }`;
    const [[, folder]] = combinations as [[string, string]];
    expect(await run(folder, ["--enable-source-maps", "-e", script])).toMatch(
      /modules\/access-log-format\/\w+\.ts:\d+/,
    );
  });
});
