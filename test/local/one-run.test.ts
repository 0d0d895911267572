/** What a run does to its directory, its input and its exit code, as `npm start` runs it. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { RunResult } from "../../local/account";
import { ROOT } from "./stacks";
import { logEvent, temporaryDirectory, writeLog } from "./support";

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const SMALL = join(temporaryDirectory(), "rollout.yaml");
writeFileSync(
  SMALL,
  'version: 1\ndefaults: { applicationId: { secretName: moesif } }\naccounts:\n  - { id: "111111111111", name: production, regions: [{ name: us-east-1 }] }\n',
);

function start(...options: string[]) {
  const args = [join(ROOT, "dist", "local", "start.js"), "--rollout", SMALL, "--time-scale", "1000", ...options];
  const child = spawn(process.execPath, args, { timeout: 5 * 60_000, killSignal: "SIGKILL" });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (text.stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (text.stderr += String(chunk)));
  const outcome = new Promise<Outcome>((resolve) => child.on("close", (code) => resolve({ code, ...text })));
  const running = new Promise<void>((resolve, reject) => {
    child.stdout.on("data", () => text.stdout.includes("Running ") && resolve());
    void outcome.then(({ stderr }) => reject(new Error(stderr)));
  });
  running.catch(() => {});
  return { child, outcome, running };
}

const newOut = (): string => join(temporaryDirectory(), "out");
const CALLS = [1, 2, 3].map((index) => logEvent(index));

describe("the directory of a run", () => {
  test("is refused to a second run, which names the first, and is free after it", async () => {
    const out = newOut();
    const first = start("--input", "-", "--out", out);
    await first.running;
    const second = await start("--out", out).outcome;
    expect(second).toMatchObject({ code: 2, stdout: "" });
    expect(second.stderr).toMatch(`--out: ${out} is in use by process ${first.child.pid}. Wait until it ends`);

    first.child.stdin.end(readFileSync(writeLog(CALLS)));
    expect(await first.outcome).toMatchObject({ code: 0, stderr: "" });
    expect(existsSync(join(out, ".lock"))).toBe(false);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("is free after %s", async (signal) => {
    const out = newOut();
    const { child, outcome, running } = start("--input", "-", "--out", out);
    await running;
    expect(readFileSync(join(out, ".lock"), "utf8")).toBe(String(child.pid));
    child.kill(signal);
    expect(await outcome).toMatchObject({ code: 130, stderr: "Interrupted.\n" });
    expect(existsSync(join(out, ".lock"))).toBe(false);
  });

  test("is taken over from a run that was killed", async () => {
    const out = newOut();
    const { child, outcome, running } = start("--input", "-", "--out", out);
    await running;
    child.kill("SIGKILL");
    await outcome;
    expect(readFileSync(join(out, ".lock"), "utf8")).toBe(String(child.pid));
    expect((await start("--input", writeLog(CALLS), "--out", out).outcome).code).toBe(0);
    expect(existsSync(join(out, ".lock"))).toBe(false);
  });

  test("holds its own Terraform JSON, of which nothing is left from another rollout", async () => {
    const out = newOut();
    mkdirSync(join(out, "cdktf.out", "stacks", "old"), { recursive: true });
    writeFileSync(join(out, ".moesif-firehose-local-run"), "");
    const { code, stdout, stderr } = await start("--input", writeLog(CALLS), "--out", out).outcome;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/Terraform JSON +\S+\/out\/cdktf\.out\n/);
    expect(readdirSync(join(out, "cdktf.out", "stacks"))).toEqual(["moesif-production-us-east-1"]);
  });

  const onLinux = process.platform === "linux" ? test : test.skip;
  onLinux("that cannot be made is refused in one line", async () => {
    expect(await start("--out", "/proc/x").outcome).toMatchObject({
      code: 2,
      stdout: "",
      stderr:
        "--out: /proc/x cannot be written to: ENOENT: no such file or directory, mkdir '/proc/x'. Name another directory.\n",
    });
  });
});

/** A file system of so many KiB, which ends with the command; it needs a user who may make one. */
function onSmallDisk(kibibytes: number, command: string, ...args: string[]) {
  const script = 'mount -t tmpfs -o size="$1"k tmpfs "$0" && shift && exec "$@"';
  const disk = temporaryDirectory();
  const own = args.map((arg) => arg.replace("DISK", disk));
  return spawnSync("unshare", ["-rm", "sh", "-c", script, disk, String(kibibytes), command, ...own], {
    encoding: "utf8",
    timeout: 5 * 60_000,
    killSignal: "SIGKILL",
  });
}

const withSmallDisk = onSmallDisk(4, "true").status === 0 ? describe : describe.skip;

withSmallDisk("a full disk ends a command with 2 in one line", () => {
  const node = process.execPath;
  const command = [join(ROOT, "dist", "local", "start.js"), "--rollout", SMALL, "--out", "DISK/out"];

  test.each([
    ["while the rollout is synthesized", 100, /^The rollout could not be synthesized: ENOSPC: no space left on device/],
    ["while failed records are kept", 700, /^--out: \S+ cannot be written to: ENOSPC: no space left on device, write/],
  ])("%s", (_, size, message) => {
    const { status, stderr } = onSmallDisk(size, node, ...command, "--moesif-status", "503");
    const lines = stderr.split("\n").filter((line) => !/^\d+ of \d+ records read so far$/.test(line));
    expect(lines).toEqual([expect.stringMatching(message), ""]);
    expect(status).toBe(2);
  });

  test("of synth", () => {
    const { status, stderr } = onSmallDisk(
      100,
      node,
      join(ROOT, "dist", "cli", "main.js"),
      "synth",
      SMALL,
      "--out",
      "DISK/out",
    );
    expect(stderr).toMatch(/^ENOSPC: no space left on device.*\n$/);
    expect(status).toBe(2);
  });
});

test("a line that is too long for a record fails alone, and is named", async () => {
  const report = join(temporaryDirectory(), "report.json");
  const [a, b, c] = CALLS.map((call) => JSON.stringify(call));
  const input = join(temporaryDirectory(), "log.gz");
  const long = `{"requestId":"${"x".repeat(5_000_000)}"}`;
  writeFileSync(input, gzipSync([a, long, b, long, c].join("\n")));
  const { code, stdout } = await start("--input", input, "--report", report, "--out", newOut()).outcome;

  expect(stdout).toMatch(/ failed +│ +2 │ +2 │\n│ +too long for a record, not sent +│ +2 │ +2 │/);
  expect(stdout).toContain(
    "2 lines not sent, longer than the 1,000 KiB that a record of Firehose can hold: line 2, 4.\n",
  );
  const { recordsIn, delivered, failed, lost, events, linesTooLong } = JSON.parse(
    readFileSync(report, "utf8"),
  ) as RunResult;
  expect({ recordsIn, delivered, failed, lost, linesTooLong }).toEqual({
    recordsIn: 5,
    delivered: 3,
    failed: 2,
    lost: 0,
    linesTooLong: [2, 4],
  });
  expect(events).toMatchObject({ in: 5, delivered: 3, failed: 2, lost: 0 });
  expect(code).toBe(0);
});

describe("where nothing was delivered", () => {
  test("a run says so, and exits with 0", async () => {
    const { code, stdout, stderr } = await start("--input", writeLog([]), "--out", newOut()).outcome;
    expect(stdout).toMatch(/\nNothing was delivered: the input has no records\.\n/);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("it exits with 1 if a delivery is expected", async () => {
    const options = ["--input", writeLog(CALLS), "--moesif-status", "401", "--expect-delivered"];
    const { code, stderr } = await start(...options, "--out", newOut()).outcome;
    expect(stderr).toMatch(/^Nothing was delivered: of 3 events, 3 failed and 0 dropped\.\n$/);
    expect(code).toBe(1);
  });
});

test("a run whose reader leaves goes on to its end", () => {
  const report = join(temporaryDirectory(), "report.json");
  const command = `"$@" | head -1`;
  const run = [join(ROOT, "dist/local/start.js"), "--rollout", SMALL, "--input", writeLog(CALLS), "--report", report];
  const args = ["-c", command, "sh", process.execPath, ...run, "--out", newOut()];
  const stdout = execFileSync("sh", args, { encoding: "utf8", timeout: 5 * 60_000 });
  expect(stdout).toBe("Synthesized: moesif-production-us-east-1.\n");
  expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({ delivered: 3, lost: 0 });
});
