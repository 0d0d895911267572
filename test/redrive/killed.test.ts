/**
 * The command, killed again and again while it redrives from moto's S3: nothing is lost, and nothing counts twice.
 * `npm run bench -- redrive` runs it with 100,000 records and ten kills.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createTransformer } from "../../lambda/transformer/transform";
import { recentLog } from "../cli/support";
import { HASH_KEY, settings } from "../lambda/support";
import { FirehoseStandIn } from "../support/firehose-stand-in";
import { Moto } from "../support/moto";
import { ROOT } from "../support/rollout";
import { describeWithMoto } from "../support/terraform";
import { failedLine, objectOf } from "./support";

const RECORDS = Number(process.env.REDRIVE_RECORDS ?? 3_000);
const KILLS = Number(process.env.REDRIVE_KILLS ?? 3);
const RATE = Number(process.env.REDRIVE_RATE ?? 5_000);
const RECORDS_OF_AN_OBJECT = 1_000;
/** What Node.js and the AWS SDK take, and one object at a time. */
const MOST_MEBIBYTES = 200;

const STREAM = "amazon-apigateway-moesif";
const BUCKET = "backup";
const PREFIX = "firehose/moesif/";

describeWithMoto(`a redrive of ${RECORDS} records, killed ${KILLS} times`, () => {
  let moto: Moto;
  let firehose: FirehoseStandIn;
  let s3: S3Client;

  beforeAll(async () => {
    moto = await Moto.start({ managedPolicies: false });
    firehose = await FirehoseStandIn.start({ bucket: BUCKET, prefix: PREFIX });
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    s3 = new S3Client({ endpoint: moto.url, region: "us-east-1", forcePathStyle: true, credentials });
    await moto.s3("PUT", BUCKET);
    for (let first = 0; first < RECORDS; first += RECORDS_OF_AN_OBJECT) {
      const lines = Array.from({ length: Math.min(RECORDS_OF_AN_OBJECT, RECORDS - first) }, (_, at) =>
        failedLine(JSON.stringify(recentLog({ extendedRequestId: `ext-${first + at}` }))),
      );
      const Key = `${PREFIX}failed/http-endpoint-failed/2026/11/17/${STREAM}-${String(first).padStart(9, "0")}.gz`;
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: objectOf(lines) }));
    }
  });
  afterAll(async () => {
    await firehose?.stop();
    moto?.stop();
  });

  it("loses no record, and counts none twice after dedupe", async () => {
    const started = performance.now();
    const peaks: number[] = [];
    for (let run = 1; run <= KILLS; run++) peaks.push(await redrive((run * RECORDS) / (KILLS + 1)));
    peaks.push(await redrive());
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: `${PREFIX}failed/` }));
    expect(Contents).toEqual([]);
    const ids = dedupeIds(firehose.taken);
    const report = {
      records: RECORDS,
      kills: KILLS,
      rate: RATE,
      lost: RECORDS - new Set(firehose.taken.map((text) => /ext-\d+/.exec(text)![0])).size,
      sentTwice: firehose.taken.length - RECORDS,
      doubleAfterDedupe: ids.size - RECORDS,
      seconds: Math.round((performance.now() - started) / 1000),
      peakMebibytes: peaks.map(Math.round),
    };
    if (process.env.REDRIVE_REPORT) writeFileSync(process.env.REDRIVE_REPORT, JSON.stringify(report));
    expect(report).toMatchObject({ lost: 0, doubleAfterDedupe: 0 });
    expect(report.sentTwice).toBeLessThanOrEqual(KILLS * RECORDS_OF_AN_OBJECT);
    expect(Math.max(...peaks)).toBeLessThan(MOST_MEBIBYTES);
  });

  /** Runs the command to its end, or kills it when the stream has taken so many records; gives its peak of memory. */
  async function redrive(until = Infinity): Promise<number> {
    const args = ["redrive", "--stream", STREAM, "--send", "--quiet-minutes", "0", "--rate", String(RATE)];
    const child = spawn(process.execPath, [join(ROOT, "dist", "cli", "main.js"), ...args], {
      env: {
        PATH: process.env.PATH,
        AWS_CONFIG_FILE: "none",
        AWS_SHARED_CREDENTIALS_FILE: "none",
        ...moto.environment(),
        AWS_ENDPOINT_URL_FIREHOSE: firehose.url,
        AWS_REGION: "us-east-1",
      },
      stdio: "ignore",
    });
    const end = once(child, "exit");
    let peak = 0;
    while (child.exitCode === null && child.signalCode === null) {
      // The last one counts: before it runs the command, the new process has the memory of this one. See proc(5).
      const file = `/proc/${child.pid}/status`;
      const [, kibibytes] = (existsSync(file) && /^VmHWM:\s+(\d+)/m.exec(readFileSync(file, "utf8"))) || [];
      if (kibibytes !== undefined) peak = Number(kibibytes) / 1024;
      if (firehose.taken.length >= until) child.kill("SIGKILL");
      await Promise.race([end, sleep(10)]);
    }
    const [code] = (await end) as [number | null];
    expect(code).toBe(until === Infinity ? 0 : null);
    return peak;
  }

  function dedupeIds(texts: readonly string[]): Set<unknown> {
    const transform = createTransformer(settings, { hashKey: HASH_KEY });
    const ids = new Set<unknown>();
    for (let at = 0; at < texts.length; at += 1_000) {
      const datas = texts.slice(at, at + 1_000).map((text) => Buffer.from(text).toString("base64"));
      for (const outcome of transform(datas, Date.now())) {
        if (outcome.result !== "Ok") throw new Error(outcome.reason);
        ids.add(JSON.parse(Buffer.from(outcome.data, "base64").toString()).requestId);
      }
    }
    return ids;
  }
});
