/** Reading the rollout file: paths, places of mistakes, anchors, and text that is no rollout. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseRollout } from "../../modules/rollout/parse-rollout";
import { readRollout } from "../../modules/rollout/read-rollout";
import { rolloutTargets } from "../../modules/rollout/targets";
import { formatPath } from "../../modules/settings/issue";
import { errorOf, messageOf } from "./support";

const root = join(__dirname, "..", "..");

test("the example makes two stacks, with four APIs, and says nothing wrong", () => {
  const targets = rolloutTargets(readRollout(join(root, "rollout.yaml")));
  expect(targets.map(({ stackName, apis }) => [stackName, apis.map(({ name }) => name)])).toEqual([
    ["moesif-production-us-east-1", ["orders", "storefront", "media", "search"]],
    ["moesif-staging-eu-west-1", []],
  ]);
});

test("a file that is not there is told like any mistake", () => {
  expect(messageOf(() => readRollout("/nowhere/rollout.yaml"))).toMatch(
    /^\/nowhere\/rollout.yaml:1:1 {2}the file cannot be read: ENOENT.* {2}\[unreadable-file\]\n {2}fix: give the path of a rollout file$/,
  );
});

test("relative paths begin at the file's directory, wherever the program runs", () => {
  const directory = mkdtempSync(join(tmpdir(), "rollout-"));
  try {
    const file = join(directory, "rollout.yaml");
    copyFileSync(join(root, "rollout.yaml"), file);
    expect(rolloutTargets(readRollout(file))[0]?.state.local?.path).toBe(
      join(directory, "terraform-state", "moesif-production-us-east-1.tfstate"),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("mistakes are told as data too, in the order of the file", () => {
  const error = errorOf(() => parseRollout('version: 1\nacounts: []\naccounts:\n  - id: "1"\n', "r.yaml"));
  expect(error?.issues.map(({ line, column, path }) => [line, column, formatPath(path)])).toEqual([
    [2, 1, "acounts"],
    [4, 5, "accounts[0].name"],
    [4, 5, "accounts[0].regions"],
    [4, 9, "accounts[0].id"],
  ]);
  expect(error?.issues[0]).toMatchObject({ file: "r.yaml", id: "unknown-key", message: 'unknown key "acounts"' });
});

test("what an anchor names may be used again, and a mistake in it is told for each place", () => {
  const text = (bucket: string) => `
version: 1
accounts:
  - id: "111111111111"
    name: production
    settings: &settings
      applicationId: { secretName: moesif }
      backup: { bucket: ${bucket} }
    regions: [{ name: us-east-1 }]
  - id: "222222222222"
    name: staging
    settings: *settings
    regions: [{ name: us-east-1 }]
`;
  expect(rolloutTargets(parseRollout(text("example"), "r.yaml")).map(({ settings }) => settings.backup)).toEqual([
    { bucket: "example" },
    { bucket: "example" },
  ]);
  const issues = errorOf(() => parseRollout(text("EXAMPLE"), "r.yaml"))?.issues;
  expect(issues?.map(({ line, column, path }) => [line, column, formatPath(path)])).toEqual([
    [8, 25, "accounts[0].settings.backup.bucket"],
    [8, 25, "accounts[1].settings.backup.bucket"],
  ]);
});

test.each([
  ["thousands of brackets", "[".repeat(5000)],
  ["thousands of lists in lists", "- ".repeat(5000)],
  ["aliases that multiply", `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [${"*a,".repeat(20)}]\nc: [${"*b,".repeat(20)}]\n`],
  ["keys that JavaScript has already", "__proto__: {x: 1}\nconstructor: 1\nversion: 1\n"],
  ["control characters", "\u0000\u0001: \uffff"],
])("%s are refused in good order", (_, text) => {
  expect(errorOf(() => parseRollout(text, "rollout.yaml"))?.issues.length).toBeGreaterThan(0);
});

const SMALL = `version: 1
defaults: { applicationId: { secretName: moesif } }
accounts:
  - { id: "111111111111", name: production, regions: [{ name: us-east-1 }] }
`;

test.each([
  ["a byte order mark", `\ufeff${SMALL}`],
  ["line ends of Windows", SMALL.replaceAll("\n", "\r\n")],
  ["a start and an end of the document", `---\n${SMALL}...\n`],
  ["comments alone around it", `# a\n\n${SMALL}\n# b`],
])("%s makes no difference, nor do its bytes", (_, text) => {
  const targets = rolloutTargets(parseRollout(SMALL, "r.yaml"));
  expect(rolloutTargets(parseRollout(text, "r.yaml"))).toEqual(targets);
  expect(rolloutTargets(parseRollout(Buffer.from(text), "r.yaml"))).toEqual(targets);
});

test.each([
  ["UTF-16, little endian", Buffer.from(`\ufeff${SMALL}`, "utf16le"), "UTF-16"],
  ["UTF-16, big endian", Buffer.from(`\ufeff${SMALL}`, "utf16le").swap16(), "UTF-16"],
  ["UTF-16 without a mark", Buffer.from(SMALL, "utf16le"), "UTF-16"],
  ["UTF-16, big endian, without a mark", Buffer.from(SMALL, "utf16le").swap16(), "UTF-16"],
  ["UTF-32", Buffer.from([0xff, 0xfe, 0, 0, 0x76, 0, 0, 0]), "UTF-32"],
])("%s is refused by its name", (_, bytes, encoding) => {
  expect(messageOf(() => parseRollout(bytes, "r.yaml"))).toBe(
    `r.yaml:1:1  the file is encoded as ${encoding}, expected UTF-8  [encoding]\n  fix: save the file as UTF-8`,
  );
});

test("a byte that is no UTF-8 is refused at its place", () => {
  const bytes = Buffer.from(SMALL.replace("production", "caf\u00e9"), "latin1");
  expect(errorOf(() => parseRollout(bytes, "r.yaml"))?.issues).toMatchObject([{ id: "encoding", line: 4, column: 36 }]);
});

test("a blank that is none of the space bar is told from one", () => {
  expect(messageOf(() => parseRollout(`${SMALL}\u00a0state: {}\n`, "r.yaml"))).toContain(
    'unknown key "\\u00a0state"  [unknown-key]',
  );
});

test.each([
  ["600,000 maps on one line", `version: 1\nmetadata: [${"{},".repeat(600_000)}]\n`, "line-length"],
  ["a file of nine million characters", "# none\n".repeat(1_300_000), "file-size"],
])("%s are refused before they are parsed", (_, text, id) => {
  const start = process.cpuUsage();
  const message = messageOf(() => parseRollout(text, "rollout.yaml"));
  expect(`${message}\n`).toBe(readFileSync(join(__dirname, "..", "stacks", "bad", `${id}.txt`), "utf8"));
  expect(process.cpuUsage(start).user / 1e6).toBeLessThan(1);
});

test.each([
  ["a million repeated keys", "a: 1\n".repeat(1_000_000)],
  ["half a million unknown keys", Array.from({ length: 500_000 }, (_, index) => `key${index}: 1\n`).join("")],
  ["half a million errors of syntax", "a: 'x' y\n".repeat(500_000)],
  ["half a million templates", `version:\n${"- ${A}\n".repeat(500_000)}`],
])("%s are refused in seconds, the first issues and how many more", (_, text) => {
  const start = process.cpuUsage();
  const error = errorOf(() => parseRollout(text, "rollout.yaml"));
  const { user } = process.cpuUsage(start);
  expect(error?.message.split("\n").at(-1)).toMatch(
    /^… and \d{5,} more up to line \d+; what follows is not checked yet$/,
  );
  expect(error!.message.length).toBeLessThan(20_000);
  expect(user / 1e6).toBeLessThan(10);
});
