/** The command line of `npm start`, as a process of its own over the shipped rollout. */
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { directory, reportOf, spawnNode, start } from "./command";
import { ROOT } from "./stacks";
import { logEvent, temporaryDirectory, writeLog } from "./support";

const input = (): string => writeLog([1, 2, 3].map((index) => logEvent(index)));

test("a good run exits with 0, shows a record and the figures, and writes the report and the page", async () => {
  const report = join(directory, "report.json");
  const { code, stdout, stderr } = await start("--input", input(), "--report", report).outcome;

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("Synthesized: moesif-production-us-east-1, moesif-staging-eu-west-1.");
  expect(stdout).toMatch(/\+ {5}"organisation": "example"/);
  expect(stdout).toMatch(/delivered +│ +3 │ +3 │/);
  expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({
    recordsIn: 3,
    delivered: 3,
    dropped: 0,
    failed: 0,
    lost: 0,
    requests: 1,
  });
  const [, page] = /\nPage: (.+)\n$/.exec(stdout) ?? [];
  expect(facts(page!)).toContain("Calls in Moesif 3 of 3 logged Dropped 0 none Failed 0 none");
});

/** The text at the top of a page. */
function facts(page: string): string {
  const [, list = ""] = /<dl class="facts">(.*?)<\/dl>/s.exec(readFileSync(join(directory, page), "utf8")) ?? [];
  return list
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

test("a report that cannot be written exits with 2 in one line, after the figures", async () => {
  const report = "x".repeat(300);
  const { code, stdout, stderr } = await start("--input", input(), "--report", report).outcome;

  expect(stdout).toMatch(/delivered +│ +3 │ +3 │/);
  expect(stderr).toMatch(/^--report: x+ cannot be written: ENAMETOOLONG.* Name another file.\n$/);
  expect(code).toBe(2);
});

test("the stand-in answers with a config of one's own", async () => {
  writeFileSync(join(directory, "config.json"), '{"sample_rate":0}');
  const report = await reportOf("--input", input(), "--moesif-config", "config.json");
  expect(report).toMatchObject({ delivered: 0, dropped: 3, droppedByReason: { sampled: 3 } });
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
  const [, page] = /\nPage: (.+)\n$/.exec(failing.stdout) ?? [];
  expect(facts(page!)).toContain(
    "Calls in Moesif 0 of 3 logged Dropped 0 none Failed 3 HttpEndpoint.DestinationException",
  );
  const losing = await start("--input", file, "--moesif-status", "413").outcome;
  expect(losing.code).toBe(1);
  expect(losing.stderr).toContain("3 records lost.");
});

beforeAll(() => {
  writeFileSync(join(directory, "package.json"), "{}");
  writeFileSync(join(directory, "text.txt"), "text");
  mkdirSync(join(directory, "dir"));
});

test.each([
  [["--moesif-config-status", "99"], /argument '99' is invalid. Give an HTTP status/],
  [["--moesif-delay", "1s"], /'--moesif-delay <ms>' argument '1s' is invalid. Give milliseconds from 0 to 200000/],
  [
    ["--moesif-malformed", "--moesif-status", "503"],
    /'--moesif-malformed' cannot be used with option '--moesif-status/,
  ],
  [
    ["--moesif-config", "text.txt", "--moesif-config-status", "500"],
    /'--moesif-config-status <status>' cannot be used with option '--moesif-config <file>'/,
  ],
  [["--duplicate-deliveries", "0"], /'--duplicate-deliveries <percent>' argument '0' is invalid. Give a percentage/],
  [["--put-back-failures", "101"], /'--put-back-failures <percent>' argument '101' is invalid. Give a percentage/],
  [["--moesif-status", "down"], /'--moesif-status <status>' argument 'down' is invalid. Give an HTTP status/],
  [["--time-scale", "0"], /'--time-scale <factor>' argument '0' is invalid. Give a number above 0/],
  [["--through", "pigeon"], /'--through <path>' argument 'pigeon' is invalid. Allowed choices are stream, log-group/],
  [
    ["--input", "package.json", "--through", "log-group", "--stack", "moesif-staging-eu-west-1"],
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
    ["--input", "package.json", "--report", "dir"],
    /^--report: dir is a directory. Name a file, such as dir\/report.json.\n$/,
  ],
  [
    ["--input", "package.json", "--report", "package.json/report.json"],
    /^--report: package.json is not a directory. Name another.\n$/,
  ],
  [["--input", "package.json", "--moesif-config", "no.json"], /^--moesif-config: there is no file no.json. Give/],
  [
    ["--input", "package.json", "--moesif-config", "text.txt"],
    /^--moesif-config: text.txt cannot be read as JSON: .* Name another file.\n$/,
  ],
  [
    ["--input", "package.json", "--stack", "two"],
    /^--stack: there is no stack two. There are: moesif-production-us-east-1, /,
  ],
  [["--input", "package.json", "--out", "."], /^--out: .* holds files that no local run wrote/],
])("bad usage exits with 2 and names the option and the fix: %j", async (options, message) => {
  const { code, stderr } = await start(...options).outcome;
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});

test("a rollout that cannot be synthesized exits with 2 and says why", async () => {
  writeFileSync(join(directory, "bad.yaml"), "version: 2\n");
  const { code, stderr } = await start("--input", input(), "--rollout", "bad.yaml").outcome;
  expect(code).toBe(2);
  expect(stderr).toMatch(/^The rollout could not be synthesized:\n.*bad.yaml:1/);
});

test("an app that was not built exits with 2", async () => {
  const unbuilt = temporaryDirectory();
  copyFileSync(join(ROOT, "package.json"), join(unbuilt, "package.json"));
  for (const part of ["common", "local", "pages"])
    cpSync(join(ROOT, "dist", part), join(unbuilt, "dist", part), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(unbuilt, "node_modules"));
  const { code, stderr } = await spawnNode([join(unbuilt, "dist", "local", "start.js"), "--input", input()]).outcome;
  expect(code).toBe(2);
  expect(stderr).toMatch(/main.js does not exist. Run "npm run build" first/);
});

test("an interrupt ends a run that waits for its input", async () => {
  const { outcome, child } = start("--input", "-");
  child.stdout?.on("data", (chunk) => String(chunk).includes("Running") && child.kill("SIGINT"));
  expect(await outcome).toMatchObject({ code: 130, stderr: "Interrupted.\n" });
  expect(existsSync(join(directory, "local.out", "backup"))).toBe(true);
});

test("the help has examples", async () => {
  const { code, stdout } = await start("--help").outcome;
  expect(code).toBe(0);
  expect(stdout).toContain("npm start -- --moesif-status 503");
  expect(stdout.replace(/\s+/g, " ")).toContain("the sample in local/sample");
});
