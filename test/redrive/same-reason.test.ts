/** `preview` and `redrive` say the same of a record. */
import { gzipSync } from "node:zlib";
import { redrive } from "../../lambda/redrive/redrive";
import { file, preview, recentLog } from "../cli/support";
import { FAILED, failedLine, MemoryBucket, MemoryStream, objectOf, PREFIX } from "./support";

const OLD = "17/Nov/2025:10:05:03 +0000";

/** As Firehose writes what the transformer could not read. */
const unread = (data: string | Buffer) => failedLine(data, { errorCode: "Lambda.ProcessingFailedStatus" });

const RECORDS: Readonly<Record<string, string>> = {
  "a call": failedLine(JSON.stringify(recentLog())),
  "a call of long ago": failedLine(JSON.stringify(recentLog({ requestTime: OLD }))),
  "data that is no base64": failedLine("", { rawData: "?" }),
  "data with a character too many": failedLine("", { rawData: "e30=e" }),
  "a call of long ago, in an object that is no JSON": failedLine(
    JSON.stringify(recentLog({ requestTime: OLD })),
  ).replace("Received response", 'Received "response'),
  "a text": unread("hello"),
  "a call that is cut off": unread('{"requestId":"1","requestTime"'),
  "a number": unread("7"),
  "lines of texts": unread("hello\nworld"),
  "an object that is no call": unread('{"level":"info"}'),
  "an envelope of something else": unread(gzipSync('{"messageType":"DATA_MESSAGE","logEvents":[]}')),
  "gzip that is cut off": unread(gzipSync(JSON.stringify(recentLog())).subarray(0, 40)),
};

/** By `redrive`: the reason for which it gives the record up. */
async function reasonOfRedrive(line: string): Promise<string | undefined> {
  const bucket = new MemoryBucket().put(FAILED, objectOf([line]));
  const place = { bucket, put: new MemoryStream().put, prefix: PREFIX };
  const { records } = await redrive(place, { send: false });
  return Object.keys(records.givenUp)[0];
}

it.each(Object.entries(RECORDS))("preview and redrive show the same reason for %s", async (name, line) => {
  const { stdout } = await preview([file(`${line}\n`), "--check-age", "--json"]);
  const { reason } = JSON.parse(stdout.split("\n")[0]!);
  expect(await reasonOfRedrive(line)).toBe(reason);
  expect(reason === undefined).toBe(name === "a call");
});
