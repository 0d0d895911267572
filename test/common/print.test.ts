/** No value that a command prints can steer the terminal. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../support/rollout";

const C1 = "\u009b";
const OVERRIDE = "\u202e";
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const folder = mkdtempSync(join(tmpdir(), "print-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function run(command: string, ...args: string[]) {
  return spawnSync(process.execPath, [join(ROOT, "dist", command), ...args], { encoding: "utf8", timeout: 5 * 60_000 });
}

// In quotes, YAML reads these as escapes, so that the file itself is plain text.
const bad = file("bad.yaml", 'version: 1\n"\\x1b[31mkey": 1\n"\\u202Eyek": 1\n');

describe("a rollout with a key of control characters is refused in plain text", () => {
  it.each([
    ["synth", () => run("cli/main.js", "synth", bad, "--out", join(folder, "out"))],
    ["npm start", () => run("local/start.js", "--rollout", bad, "--out", join(folder, "run"))],
    ["preview", () => run("cli/main.js", "preview", "-", "--rollout", bad)],
  ])("by %s", (_, start) => {
    const { stderr, status } = start();
    expect(stderr).toContain("\\u001b[31mkey");
    expect(stderr).toContain("\\u202eyek");
    expect(stderr).not.toMatch(CONTROLS);
    expect(status).toBe(2);
  });
});

it("what preview prints as JSON is plain text and the same JSON", () => {
  const settings = file("settings.json", '{"version":1,"accountId":"111111111111","region":"us-east-1"}');
  const path = `/a${C1}b${OVERRIDE}c`;
  const log = { requestId: "1", requestTime: clf(), httpMethod: "GET", resourcePath: path, status: "200" };
  const { stdout, status } = run(
    "cli/main.js",
    "preview",
    file("log", JSON.stringify(log)),
    "--settings",
    settings,
    "--json",
  );
  expect(stdout).not.toMatch(CONTROLS);
  expect(stdout).toContain("/a\\u009bb\\u202ec");
  expect(JSON.parse(stdout.split("\n")[0]!)).toMatchObject({ delivered: [{ resourcePath: path }] });
  expect(status).toBe(0);
});

function clf(): string {
  const [, date, month, year, time] = /^\w+, (\d+) (\w+) (\d+) (\S+)/.exec(new Date().toUTCString())!;
  return `${date}/${month}/${year}:${time} +0000`;
}

describe("an output that cannot be written ends a command with 2 in one line", () => {
  const full = process.platform === "linux" ? it : it.skip; // elsewhere there is no /dev/full
  full.each([
    ["synth", "cli/main.js", ["synth", join(ROOT, "rollout.yaml"), "--out", join(folder, "full")]],
    ["check-format", "cli/main.js", ["check-format", "{}", "--type", "REST"]],
  ])("of %s", (_, command, args) => {
    const stdio = ["ignore", openSync("/dev/full", "w"), "pipe"] as const;
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "dist", command), ...args], {
      cwd: folder,
      encoding: "utf8",
      stdio: [...stdio],
      timeout: 5 * 60_000,
    });
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: "The output cannot be written: ENOSPC: no space left on device, write\n",
    });
  });
});
