/** The command line, as a process of its own over a package with a hand-made app. */
import { execFile, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { buildSync } from "esbuild";
import { ROOT } from "./stacks";
import { logEvent, stackJson, temporaryDirectory, writeLog, writeStack } from "./support";

jest.setTimeout(60_000);

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let root: string;
const input = (): string => writeLog([1, 2, 3].map((index) => logEvent(index)));

/** A package whose app copies a stack to where it should be synthesized, and fails on the rollout `bad.yaml`. */
beforeAll(() => {
  root = temporaryDirectory();
  const stack = dirname(writeStack(stackJson()));
  writeFileSync(join(root, "package.json"), '{"name":"cdktf-moesif-firehose"}');
  mkdirSync(join(root, "dist", "local"), { recursive: true });
  buildSync({
    entryPoints: [join(__dirname, "../../local/start.ts")],
    outfile: join(root, "dist", "local", "start.js"),
    bundle: true,
    platform: "node",
    target: "node20",
  });
  writeFileSync(
    join(root, "dist", "main.js"),
    `const fs = require("node:fs");
     if (process.argv[3]?.endsWith("bad.yaml")) { console.error("rollout.yaml:3 accounts: missing"); process.exit(1); }
     const out = process.env.CDKTF_OUTDIR;
     fs.cpSync(${JSON.stringify(stack)}, out + "/stacks/one", { recursive: true });
     fs.writeFileSync(out + "/manifest.json", JSON.stringify({ stacks: { one: { synthesizedStackPath: "stacks/one/cdk.tf.json" } } }));`,
  );
});

function start(...options: string[]): { outcome: Promise<Outcome>; child: ReturnType<typeof spawn> } {
  const child = spawn(process.execPath, [join(root, "dist", "local", "start.js"), ...options], {
    cwd: root,
    timeout: 30_000,
  });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (text.stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (text.stderr += String(chunk)));
  const outcome = new Promise<Outcome>((resolve) => child.on("close", (code) => resolve({ code, ...text })));
  return { outcome, child };
}

test("a good run exits with 0, shows a record and the figures, and writes the report", async () => {
  const report = join(root, "report.json");
  const { code, stdout, stderr } = await start("--input", input(), "--report", report).outcome;

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("Synthesized: one.");
  expect(stdout).toMatch(/\+ {3}"companyId": "acme"/);
  expect(stdout).toMatch(/delivered +│ +3 │ +3 │/);
  expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({
    recordsIn: 3,
    delivered: 3,
    dropped: 0,
    failed: 0,
    lost: 0,
    requests: 1,
  });
});

test("the shipped rollout runs as npm start runs it", async () => {
  const [report, out] = ["report.json", "out"].map((name) => join(temporaryDirectory(), name)) as [string, string];
  const options = ["--input", input(), "--report", report, "--out", out];
  await promisify(execFile)(process.execPath, ["dist/local/start.js", ...options], { cwd: ROOT, timeout: 30_000 });
  expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({ recordsIn: 3, delivered: 3, failed: 0, lost: 0 });
});

test("a report that cannot be written exits with 2 in one line, after the figures", async () => {
  const report = "x".repeat(300);
  const { code, stdout, stderr } = await start("--input", input(), "--report", report).outcome;

  expect(stdout).toMatch(/delivered +│ +3 │ +3 │/);
  expect(stderr).toMatch(/^--report: x+ cannot be written: ENAMETOOLONG.* Name another file.\n$/);
  expect(code).toBe(2);
});

test("the stand-in answers with a config of one's own", async () => {
  writeFileSync(join(root, "config.json"), '{"sample_rate":10}');
  const { code, stderr } = await start("--input", input(), "--moesif-config", "config.json").outcome;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("records come from standard input as well", async () => {
  const { outcome, child } = start("--input", "-");
  child.stdin?.end(readFileSync(input()));
  expect((await outcome).stdout).toMatch(/delivered +│ +3 │ +3 │/);
});

test("records in the backup bucket are no failure, lost ones are", async () => {
  const file = input();
  const failing = await start("--input", file, "--moesif-status", "503", "--time-scale", "1000").outcome;
  expect(failing.code).toBe(0);
  expect(failing.stdout).toMatch(/failed, kept in the backup bucket +│ +3 │ +3 │/);
  const losing = await start("--input", file, "--moesif-status", "413").outcome;
  expect(losing.code).toBe(1);
  expect(losing.stderr).toContain("3 records lost.");
});

test.each([
  [["--moesif-status", "down"], /'--moesif-status <status>' argument 'down' is invalid. Give an HTTP status/],
  [["--time-scale", "0"], /'--time-scale <factor>' argument '0' is invalid. Give a number above 0/],
  [["--through", "pigeon"], /'--through <road>' argument 'pigeon' is invalid. Allowed choices are stream, log-group/],
  [
    ["--input", "package.json", "--through", "log-group"],
    /^--through log-group: in this stack, no log group .* write under defaults:\n {2}stageLogs:\n {4}enabled: true\n$/,
  ],
  [["--bogus"], /unknown option '--bogus'\nnpm start -- --help shows the options/],
  [["extra"], /too many arguments/],
  [["--input", "nowhere.ndjson"], /^--input: there is no file nowhere.ndjson. Give the path of one.\n$/],
  [["--input", "package.json", "--rollout", "nowhere.yaml"], /^--rollout: there is no file nowhere.yaml/],
  [
    ["--input", "package.json", "--report", "nowhere/report.json"],
    /^--report: there is no directory nowhere. Make it, or name another.\n$/,
  ],
  [
    ["--input", "package.json", "--report", "dist"],
    /^--report: dist is a directory. Name a file, such as dist\/report.json.\n$/,
  ],
  [
    ["--input", "package.json", "--report", "package.json/report.json"],
    /^--report: package.json is not a directory. Name another.\n$/,
  ],
  [["--input", "package.json", "--moesif-config", "no.json"], /^--moesif-config: there is no file no.json. Give/],
  [
    ["--input", "package.json", "--moesif-config", "dist/main.js"],
    /^--moesif-config: dist\/main.js cannot be read as JSON: .* Name another file.\n$/,
  ],
  [["--input", "package.json", "--stack", "two"], /^--stack: there is no stack two. There are: one.\n$/],
  [["--input", "package.json", "--out", "."], /^--out: .* holds files that no local run wrote/],
])("bad usage exits with 2 and names the option and the fix: %j", async (options, message) => {
  const { code, stderr } = await start(...options).outcome;
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});

test("a rollout that cannot be synthesized exits with 2 and says why", async () => {
  writeFileSync(join(root, "bad.yaml"), "");
  const { code, stderr } = await start("--input", input(), "--rollout", "bad.yaml").outcome;
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: "The rollout could not be synthesized:\nrollout.yaml:3 accounts: missing\n",
  });
});

test("an app that was not built exits with 2", async () => {
  const unbuilt = temporaryDirectory();
  writeFileSync(join(unbuilt, "package.json"), '{"name":"cdktf-moesif-firehose"}');
  mkdirSync(join(unbuilt, "dist"));
  copyFileSync(join(root, "dist", "local", "start.js"), join(unbuilt, "dist", "start.js"));
  const child = spawn(process.execPath, [join(unbuilt, "dist", "start.js"), "--input", input()], {
    cwd: unbuilt,
    timeout: 30_000,
  });
  let stderr = "";
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(2);
  expect(stderr).toMatch(/main.js does not exist. Run "npm run build" first/);
});

test("an interrupt ends a run that waits for its input", async () => {
  const { outcome, child } = start("--input", "-");
  child.stdout?.on("data", (chunk) => String(chunk).includes("Running") && child.kill("SIGINT"));
  expect(await outcome).toMatchObject({ code: 130, stderr: "Interrupted.\n" });
  expect(existsSync(join(root, "local.out", "backup"))).toBe(true);
});

test("the help has examples", async () => {
  const { code, stdout } = await start("--help").outcome;
  expect(code).toBe(0);
  expect(stdout).toContain("npm start -- --moesif-status 503");
  expect(stdout.replace(/\s+/g, " ")).toContain("the sample in local/sample");
});
