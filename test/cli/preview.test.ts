/** `preview` as it is installed: a process over the built transformer. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { COMMAND, deliveryFailed, file, preview, previewEach, processingFailed, recentLog } from "./support";

const ROLLOUT = file(`version: 1
defaults: { applicationId: { secretName: moesif }, redaction: { ip: truncate } }
accounts:
  - id: "111111111111"
    name: production
    regions:
      - { name: us-east-1, apis: [{ id: a1b2c3d4e5, name: orders }] }
      - { name: eu-west-1 }
`);
const DOCUMENT = { version: 1, accountId: "222222222222", region: "eu-west-1", sampling: { remote: false } };

const DELIVERABLE = recentLog({ user: "-", apiKeyId: "k1", ip: "203.0.113.7", stage: "live" });
const LOG = [DELIVERABLE, {}, recentLog({ status: "500" })].map((log) => JSON.stringify(log)).join("\n");

/** What stands in the place of the id that the record gave itself. */
const DEDUPE_ID = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const ADDED = { requestId: recentLog().requestId, transformer: "cdktf-moesif-firehose/1" };

/** The lines of the JSON form. */
async function told(args: readonly string[], input?: string | Buffer): Promise<any[]> {
  const { stdout } = await preview([...args, "--json"], input);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("the tables", () => {
  it("show each record, the totals and a delivered record", async () => {
    const { code, stdout, stderr } = await preview([file(LOG), "--rollout", ROLLOUT]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`Settings: moesif-production-us-east-1 of ${ROLLOUT}.`);
    expect(stdout).toMatch(/│ 1 +│ Ok +│ 1 +│ GET +│ \/orders\/42 +│ 200 +│ k1\* +│/);
    expect(stdout).toMatch(/│ 2 +│ ProcessingFailed: unknown-shape +│/);
    expect(stdout).toMatch(/│ ProcessingFailed +│ unknown-shape +│ +1 │ +1 │ 2 +│/);
    expect(stdout).toMatch(/Line 1 as Moesif gets it:\n\{\n[^]*"apiName": "orders"/);
  });

  it("show as many records as --limit says", async () => {
    const { stdout } = await preview([file(LOG), "--rollout", ROLLOUT, "--limit", "1"]);
    expect(stdout).not.toMatch(/│ 2 +│ ProcessingFailed/);
    expect(stdout).toContain("Not shown: 2 records;");
  });

  it("come after the warnings of both rollout files", async () => {
    const warned = file(
      readFileSync(ROLLOUT, "utf8").replace("ip: truncate", "hash: [], fields: { remove: [emailAddress] }"),
    );
    const { code, stderr } = await preview([file(LOG), "--rollout", ROLLOUT, "--diff", warned]);
    expect(code).not.toBe(2);
    expect(stderr).toContain(`Warning: ${warned}:2:`);
    expect(stderr).toContain("[unknown-record-key]");
    const alone = await preview([file(LOG), "--rollout", warned]);
    expect(alone.stderr.match(/Warning: /g)).toHaveLength(1);
    expect(alone.code).toBe(0);
  });

  it("are empty for a log without records", async () => {
    expect(await preview([file("\n"), "--rollout", ROLLOUT])).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("the JSON", () => {
  it("has a line for each record, and one with the totals", async () => {
    const [first, second, third, last, ...more] = await told([file(LOG), "--rollout", ROLLOUT]);
    expect(first).toEqual({
      line: 1,
      result: "Ok",
      events: 1,
      delivered: [
        {
          ...recentLog({ user: "k1", apiKeyId: "k1", ip: "203.0.113.0", stage: "live" }),
          requestId: DEDUPE_ID,
          metadata: expect.objectContaining({ apiName: "orders", environment: "production", stage: "live" }),
        },
      ],
    });
    expect(second).toEqual({ line: 2, result: "ProcessingFailed", reason: "unknown-shape", events: 1, delivered: [] });
    expect(third).toMatchObject({ line: 3, result: "Ok", delivered: [{ status: "500" }] });
    expect(last).toEqual({
      totals: [
        { result: "Ok", records: 2, events: 2 },
        { result: "ProcessingFailed", reason: "unknown-shape", records: 1, events: 1, lines: [2] },
      ],
      unread: { count: 0, parts: [] },
      rules: [],
      unusedRules: [],
      traffic: expect.objectContaining({ calls: 2, delivered: 2, withUser: 1, serverErrors: 1 }),
    });
    expect(more).toEqual([]);
  });

  it("keeps what the reader must know out of standard output", async () => {
    const { stdout, stderr } = await preview(["-", "--json", "--rollout", ROLLOUT], LOG);
    expect(stderr).toMatch(/^Settings: .*\nSampling rules made in Moesif are not applied: --moesif-config/);
    expect(stdout).not.toContain("Settings");
  });

  it("may be read in part", async () => {
    const many = `${JSON.stringify(DELIVERABLE)}\n`.repeat(5000);
    const args = [COMMAND, "preview", file(many), "--json", "--rollout", ROLLOUT];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"], timeout: 5 * 60_000 });
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await once(child, "close")).toEqual([0, null]);
  });
});

describe("the log", () => {
  it("is a file or standard input, gzip or not, lines or an array", async () => {
    const array = JSON.stringify(
      LOG.split("\n").map((line) => JSON.parse(line)),
      undefined,
      2,
    );
    const [plain, ...others] = await Promise.all([
      told([file(LOG), "--rollout", ROLLOUT]),
      told([file(gzipSync(LOG)), "--rollout", ROLLOUT]),
      told(["-", "--rollout", ROLLOUT], LOG),
      told(["-", "--rollout", ROLLOUT], gzipSync(array)),
    ]);
    const withoutLines = (lines: any[]) => JSON.stringify(lines).replaceAll(/"lines?":(\d+|\[[\d,]*\])/g, "");
    for (const other of others) expect(withoutLines(other)).toEqual(withoutLines(plain!));
  });

  it("shows what of an envelope would be delivered, and what would be put back to fail alone", async () => {
    const messages = [JSON.stringify(DELIVERABLE), "plain text"];
    const logEvents = messages.map((message) => ({ id: "0", timestamp: 1, message }));
    const head = { messageType: "DATA_MESSAGE", owner: "1", logGroup: "g", logStream: "s", subscriptionFilters: [] };
    const rawData = gzipSync(JSON.stringify({ ...head, logEvents })).toString("base64");
    const kept = { ...(JSON.parse(processingFailed({})) as object), rawData };
    const lines = await told([file(JSON.stringify(kept)), "--rollout", ROLLOUT]);
    expect(lines).toMatchObject([
      { result: "Ok", events: 1 },
      { result: "ProcessingFailed", reason: "not-json" },
      {
        totals: [
          { result: "Ok", records: 1 },
          { result: "ProcessingFailed", records: 1 },
        ],
      },
    ]);
  });

  it("may be an object of the backup bucket", async () => {
    const lines = [processingFailed({}), deliveryFailed(recentLog(), '{"message":"no"}')];
    const [failed, delivered] = await told([file(gzipSync(lines.join("\n"))), "--rollout", ROLLOUT]);
    expect(failed).toMatchObject({ line: 1, result: "ProcessingFailed", reason: "unknown-shape" });
    expect(delivered).toMatchObject({ line: 2, result: "Ok", delivered: [recentLog({ requestId: DEDUPE_ID })] });
  });
});

describe("the settings", () => {
  it("are those of the named stack", async () => {
    const [record] = await told(["-", "--rollout", ROLLOUT, "--stack", "moesif-production-eu-west-1"], LOG);
    expect(record.delivered[0].metadata).toMatchObject({
      accountId: "111111111111",
      region: "eu-west-1",
      environment: "production",
      stage: "live",
      ...ADDED,
    });
  });

  it("of a stack without the transformer say that records leave as they are", async () => {
    const rollout = file(`version: 1
defaults: { applicationId: { secretName: moesif } }
accounts:
  - id: "111111111111"
    name: production
    regions:
      - { name: us-east-1, settings: { transformer: { enabled: false } } }
      - { name: eu-west-1 }
`);
    const note = "The transformer of this stack is disabled: records are delivered as they are.";
    expect((await preview(["-", "--rollout", rollout], LOG)).stdout).toContain(note);
    const other = await preview(["-", "--rollout", rollout, "--stack", "moesif-production-eu-west-1"], LOG);
    expect(other.code).toBe(0);
    expect(other.stdout).not.toContain(note);
  });

  it("may be a settings document", async () => {
    const args = ["-", "--settings", file(JSON.stringify(DOCUMENT))];
    const [record] = await told(args, LOG);
    expect(record.delivered[0].metadata).toEqual({
      accountId: "222222222222",
      region: "eu-west-1",
      stage: "live",
      ...ADDED,
    });
    expect((await preview(args, LOG)).stdout).not.toContain("Sampling rules");
  });

  it("that hash say that a made-up key does not make the real hashes", async () => {
    const hashing = file(JSON.stringify({ ...DOCUMENT, redaction: { hash: ["user"] } }));
    const key = file(JSON.stringify({ hash_key: "k".repeat(32) }));
    const note = /Hashes are made with a made-up key, and differ from the real ones/;
    expect((await preview(["-", "--settings", hashing], LOG)).stdout).toMatch(note);
    const { code, stdout } = await preview(["-", "--settings", hashing, "--hash-key-file", key], LOG);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(note);
  });
});

describe("the command line", () => {
  it("exits with 2 and one line where a log cannot be read to its end", async () => {
    const { code, stderr } = await preview([file(gzipSync(LOG).subarray(0, 30)), "--rollout", ROLLOUT]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^FILE: .* cannot be read: unexpected end of file\n$/);
  });

  it("has help", async () => {
    const { code, stdout } = await preview(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("nothing leaves this machine.");
  });
});

it("refuses what is no log, and not a log with other lines in it", async () => {
  const rollout = file("version: 1\naccounts:\n  - name: one\n");
  const log = file(`START RequestId: 1\n${JSON.stringify(recentLog())}\n`);
  const [refused, json, mixed] = await previewEach([[rollout], [rollout, "--json"], [log]]);
  const stderr = `FILE: ${rollout} is no access log: no line of it holds JSON. Give a log in one of the forms that preview --help lists.\n`;
  expect(refused).toMatchObject({ code: 2, stdout: "", stderr });
  expect(json).toMatchObject({ code: 2, stdout: "" });
  expect(mixed).toMatchObject({ code: 0, stdout: expect.stringContaining("not-json") });
});
