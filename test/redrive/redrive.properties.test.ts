/** Whatever fails and wherever it is killed, a redrive loses nothing. */
import fc from "fast-check";
import { gunzipSync, gzipSync } from "node:zlib";
import { attemptsOf, withAttempt } from "../../lambda/redrive/attempts";
import { failedRecordIn } from "../../lambda/redrive/failed-record";
import { redrive } from "../../lambda/redrive/redrive";
import { NOW } from "../lambda/support";
import { call, failedLine, Fuse, Killed, MemoryBucket, MemoryStream, PREFIX } from "./support";

/** A record: sound, redriven before, of a time long ago, no JSON, or a line that Firehose did not write. */
const anyLine = (id: number) =>
  fc.constantFrom(
    failedLine(call(id)),
    failedLine(withAttempt(Buffer.from(call(id)))),
    failedLine(withAttempt(Buffer.from(call(id)), 3)),
    failedLine(call(id, { requestTime: "17/Nov/2025:10:05:03 +0000" })),
    failedLine(`no JSON ${id}`),
    failedLine(gzipSync(call(id))),
    failedLine("", { rawData: `no base64 ${id}` }),
    `no line of Firehose ${id}`,
  );

const anyObjects = fc
  .array(fc.record({ lines: fc.integer({ min: 0, max: 40 }), gzip: fc.boolean(), type: fc.boolean() }), {
    maxLength: 6,
  })
  .chain((shapes) => {
    let id = 0;
    const objects = shapes.map(({ lines, gzip, type }, at) =>
      fc.tuple(...Array.from({ length: lines }, () => anyLine(id++))).map((texts) => {
        const text = texts.join("\n");
        const key = `${PREFIX}${type ? "processing" : "http-endpoint"}-failed/2026/11/17/${at}`;
        return { key, bytes: gzip ? gzipSync(text) : Buffer.from(text), texts: texts as string[] };
      }),
    );
    return fc.tuple(...objects);
  });

/** Some records of some calls are refused, in the order of these bits. */
function unreliable(bits: readonly boolean[]): MemoryStream["takes"] {
  let at = 0;
  return (batch) => batch.map(() => bits[at++ % bits.length] ?? true);
}

/** Lines and records without the padding of attempts. */
function bare(text: string): string {
  const record = failedRecordIn(text);
  return record === undefined ? text : bareData(Buffer.from(record.rawData, "base64"));
}

function bareData(data: Buffer): string {
  let plain = data;
  while (attemptsOf(plain) > 0) plain = plain.subarray(0, plain.length - (plain[0] === 0x1f ? 16 : 1));
  return plain.toString("base64");
}

function linesUnder(bucket: MemoryBucket, prefix: string): string[] {
  return bucket.keys(prefix).flatMap((key) => {
    const { bytes } = bucket.objects.get(key)!;
    return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString().split("\n").filter(Boolean);
  });
}

test("every record is on the stream, given up or still where it failed, killed at any step and however often", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyObjects,
      fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 5 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
      async (objects, kills, bits) => {
        const bucket = new MemoryBucket();
        for (const { key, bytes } of objects) bucket.put(key, bytes);
        const stream = new MemoryStream();
        const sought = objects.flatMap(({ texts }) => texts.map(bare));
        for (const steps of kills) {
          bucket.fuse = stream.fuse = new Fuse(steps);
          stream.takes = unreliable(bits);
          await attempt();
          expectNothingLost();
        }
        bucket.fuse = stream.fuse = new Fuse();
        stream.takes = (batch) => batch.map(() => true);
        await attempt();
        expectNothingLost();
        // In the end, all is done.
        expect(bucket.keys(PREFIX)).toEqual([]);

        async function attempt(): Promise<void> {
          const place = { bucket, put: stream.put, prefix: PREFIX };
          await redrive(place, { send: true, rate: 1e9 }, { now: () => NOW }).catch((error: unknown) => {
            if (!(error instanceof Killed)) throw error;
          });
        }

        function expectNothingLost(): void {
          const found = new Set([
            ...stream.records.map(bareData),
            ...linesUnder(bucket, PREFIX).map(bare),
            ...linesUnder(bucket, "firehose/moesif/given-up/").map(bare),
          ]);
          expect(sought.filter((one) => !found.has(one))).toEqual([]);
        }
      },
    ),
  );
});
