/** `redrive` as it is installed: a process that works on moto's S3, and on a stand-in for Firehose. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { runCommand } from "../../cli/command-line";
import { withAttempt } from "../../lambda/redrive/attempts";
import { FirehoseStandIn } from "../support/firehose-stand-in";
import { Moto } from "../support/moto";
import { ROOT } from "../support/rollout";
import { describeWithMoto } from "../support/terraform";
import { file, recentLog } from "../cli/support";
import { failedLine, objectOf } from "./support";

const STREAM = "amazon-apigateway-moesif";
const KEY = `failed/http-endpoint-failed/2026/11/17/${STREAM}-1.gz`;
const recent = (id: number) => JSON.stringify(recentLog({ extendedRequestId: `ext-${id}` }));

describeWithMoto("redrive", () => {
  let moto: Moto;
  let firehose: FirehoseStandIn;
  let s3: S3Client;
  let bucket: string;
  let buckets = 0;

  beforeAll(async () => {
    moto = await Moto.start({ managedPolicies: false });
    s3 = new S3Client({
      endpoint: moto.url,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
  }, 60_000);
  afterAll(() => moto?.stop());

  beforeEach(async () => {
    bucket = `backup-${++buckets}`;
    await moto.s3("PUT", bucket);
    firehose = await FirehoseStandIn.start({ bucket, prefix: "firehose/moesif/" });
  });
  afterEach(() => firehose.stop());

  async function run(...args: string[]) {
    const child = spawn(process.execPath, [join(ROOT, "dist", "cli", "main.js"), "redrive", ...args], {
      cwd: ROOT,
      timeout: 60_000,
      env: {
        PATH: process.env.PATH,
        NODE_NO_WARNINGS: "1",
        AWS_CONFIG_FILE: "none",
        AWS_SHARED_CREDENTIALS_FILE: "none",
        ...moto.environment(),
        AWS_ENDPOINT_URL_FIREHOSE: firehose.url,
        AWS_REGION: "us-east-1",
      },
    });
    const text = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => (text.stdout += String(chunk)));
    child.stderr.on("data", (chunk) => (text.stderr += String(chunk)));
    const [code] = (await once(child, "close")) as [number];
    return { code, ...text };
  }

  const byName = ["--stream", STREAM, "--quiet-minutes", "0"];
  const put = (key: string, bytes: Buffer | string) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key: `firehose/moesif/${key}`, Body: bytes }));
  const keys = async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    return Contents.map(({ Key }) => Key!.replace("firehose/moesif/", ""));
  };
  const text = async (key: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: `firehose/moesif/${key}` }));
    return Buffer.from(await Body!.transformToByteArray());
  };

  it("counts, and says how to go on", async () => {
    await put(
      KEY,
      objectOf([failedLine(recent(1)), failedLine(recent(2), { errorCode: "HttpEndpoint.RequestTimeout" })]),
    );
    const { code, stdout, stderr } = await run(...byName);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/to be sent +│ +2/);
    expect(stdout).toMatch(/failed in AWS: HttpEndpoint.RequestTimeout +│ +1/);
    expect(stdout).toContain("Add --send");
    expect(await keys()).toEqual([KEY]);
    expect(firehose.taken).toEqual([]);
  });

  it("sends what it can, and keeps the rest apart", async () => {
    const line = failedLine(withAttempt(Buffer.from(recent(2)), 3));
    await put(KEY, objectOf([failedLine(recent(1)), line]));
    firehose.answers.push(["ServiceUnavailableException"]);
    const { code, stdout } = await run(...byName, "--send", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      stream: STREAM,
      region: "us-east-1",
      bucket,
      prefix: "firehose/moesif/failed/",
      send: true,
      moved: 1,
      left: 0,
      damaged: 0,
      records: { sent: 1, givenUp: { attempts: 1 } },
      byErrorCode: { "HttpEndpoint.DestinationException": 2 },
    });
    const given = KEY.replace("failed/", "given-up/reason=attempts/").replace(".gz", ".0");
    const moved = KEY.replace("failed/", "redriven/attempt=1/");
    expect(await keys()).toEqual([given, moved]);
    expect((await text(given)).toString()).toBe(`${line}\n`);
    expect(gunzipSync(await text(moved)).toString()).toContain(line);
    expect(firehose.taken).toEqual([`${recent(1)}\t`]);
  });

  it("ends with 1 while Firehose cannot deliver, and with 3 where AWS does not allow it", async () => {
    const today = `failed/http-endpoint-failed/${new Date().toISOString().slice(0, 10).replaceAll("-", "/")}/1`;
    await put(today, objectOf([failedLine(recent(1))]));
    const failing = await run("--stream", STREAM, "--send");
    expect(failing.stdout).toContain("Stopped (endpoint-failing)");
    firehose.answers.push({ error: "AccessDeniedException", status: 400 });
    const denied = await run(...byName, "--send");
    expect([failing.code, denied.code]).toEqual([1, 3]);
    expect((await run("--stream", "none", "--send")).code).toBe(3);
    expect(await keys()).toEqual([today]);
  });

  it("puts calls of old access logs on the stream, of files and of S3", async () => {
    await put("old/one.gz", gzipSync(`${recent(1)}\n${recent(2)}\n`));
    const old = JSON.stringify(recentLog({ requestTime: "17/Nov/2025:10:05:03 +0000" }));
    const local = file(`2026-11-17T10:05:03.000Z ${recent(3)}\n${old}\nno call\n${JSON.stringify(recentLog())}\n`);
    const from = ["--from", local, `s3://${bucket}/firehose/moesif/old/`];
    const dry = await run(...byName, ...from);
    expect(dry.stdout).toMatch(/to be sent +│ +4/);
    const { code, stdout } = await run(...byName, ...from, "--send", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ sent: 4, refused: { "too-old": 1, "not-json": 1 }, withoutId: 1 });
    expect(firehose.taken).toEqual([recent(3), JSON.stringify(recentLog()), recent(1), recent(2)]);
  });

  it("goes on where a backfill was stopped", async () => {
    const calls = Array.from({ length: 700 }, (_, id) => recent(id));
    const from = ["--from", file(["no call", ...calls].join("\n"))];
    firehose.answers.push(
      calls.slice(0, 500).map(() => undefined),
      { error: "AccessDeniedException", status: 400 },
    );
    const stopped = await run(...byName, ...from, "--send");
    expect(stopped.code).toBe(3);
    expect(stopped.stdout).toContain("run it again with --skip 501.");
    const { code, stdout } = await run(...byName, ...from, "--send", "--skip", "501", "--json");
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ sent: 200, done: 701 })]);
    expect(firehose.taken).toEqual(calls);
  });

  it("assumes the deployRole of the rollout, and refuses credentials of another account", async () => {
    await put(KEY, objectOf([failedLine(recent(1))]));
    const rollout = (deployRole: string) =>
      file(`version: 1
defaults: { applicationId: { secretName: moesif } }
accounts: [{ id: "111111111111", name: one, ${deployRole} regions: [{ name: us-east-1 }] }]
`);
    const role = "deployRole: arn:aws:iam::111111111111:role/deploy,";
    const assumed = await run("--rollout", rollout(role), "--send", "--quiet-minutes", "0");
    expect(assumed).toMatchObject({ code: 0, stderr: "" });
    expect(firehose.taken).toEqual([`${recent(1)}\t`]);
    const own = await run("--rollout", rollout(""));
    expect(own).toMatchObject({
      code: 3,
      stderr:
        `${STREAM} in us-east-1: your credentials belong to account 123456789012, expected 111111111111  [no-access]\n` +
        "  fix: set deployRole in the rollout file, or name a role with --role\n",
    });
  });

  it.each([
    [["--rate", "0"], "--rate"],
    [["--rate", "fast"], "--rate"],
    [["--since", "yesterday"], "--since"],
    [["--error-type", "all"], "--error-type"],
    [["--stack", "none"], "--stack"],
  ])("names what is wrong with %j", async (args, name) => {
    const errors: string[] = [];
    expect(await runCommand(["redrive", ...args], (error) => errors.push(error))).toBe(2);
    expect(errors.join("")).toContain(name);
  });
});
