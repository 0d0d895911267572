/** Every form in which a failed object can come. */
import { gzipSync } from "node:zlib";
import { failedParts } from "../../lambda/redrive/failed-object";
import { chunksOf, failedLine } from "./support";

/** What is read: the data of each record, or the text that is none in angle brackets. */
async function read(bytes: Buffer, size?: number): Promise<string[]> {
  const found: string[] = [];
  for await (const { text, record } of failedParts(chunksOf(bytes, size))) {
    found.push(record ? Buffer.from(record.rawData, "base64").toString() : `<${text}>`);
  }
  return found;
}

const lines = ["one", "two", "three"].map((text) => failedLine(text));
/** As AWS shows it in its documentation: quotes that are not escaped. */
const damaged = (data: string, message: string) =>
  `{"attemptsMade":5,"arrivalTimestamp":1594265943615,"errorCode":"HttpEndpoint.DestinationException",` +
  `"errorMessage":"Received: {"error": "${message}"}","attemptEndingTimestamp":1594266062318,` +
  `"rawData":"${Buffer.from(data).toString("base64")}","subsequenceNumber":0,"dataId":"49607"}`;

describe("a failed object", () => {
  it.each([
    ["lines", `${lines.join("\n")}\n`],
    ["lines without an end", lines.join("\n")],
    ["lines of Windows, with blank ones between them", lines.join("\r\n\r\n")],
    ["objects run together", lines.join("")],
    ["objects with blanks between them", lines.join("  ")],
    ["pretty-printed objects", lines.map((line) => JSON.stringify(JSON.parse(line), undefined, 2)).join("\n")],
  ])("is read as %s, gzip or not, cut anywhere", async (_, text) => {
    for (const bytes of [Buffer.from(text), gzipSync(text)]) {
      for (const size of [1, 7, 700, 1_000_000]) {
        expect(await read(bytes, size)).toEqual(["one", "two", "three"]);
      }
    }
  });

  it.each(["down", "a } and a { and a quote \\", "of\nseveral\n}\nlines", '"rawData":"eA=="'])(
    "is read where a message is not escaped: %j",
    async (message) => {
      const text = `${failedLine("one")}\n${damaged("two", message)}\n${failedLine("three")}`;
      expect(await read(Buffer.from(text))).toEqual(["one", "two", "three"]);
    },
  );

  it("takes the ARN of the function under both of its names", async () => {
    const text = ["lambdaArn", "lambdaARN"].map((key) => failedLine(key, { [key]: "arn:aws:lambda:…" })).join("\n");
    expect(await read(Buffer.from(text))).toEqual(["lambdaArn", "lambdaARN"]);
  });

  it("gives what is no record as it stands, and reads on", async () => {
    const text = ["hello", lines[0], '{"a":1}', '{"attemptsMade":4,"arrivalTimestamp":17', lines[1]].join("\n");
    expect(await read(Buffer.from(text))).toEqual([
      "<hello>",
      "one",
      '<{"a":1}>',
      '<{"attemptsMade":4,"arrivalTimestamp":17>',
      "two",
    ]);
  });

  it("says so where gzip is cut off, behind the records that are there", async () => {
    const bytes = gzipSync(Array.from({ length: 2_000 }, (_, id) => `${failedLine(`${Math.sin(id)}`)}\n`).join(""));
    const found: unknown[] = [];
    const reading = async () => {
      for await (const part of failedParts(chunksOf(bytes.subarray(0, bytes.length / 2)))) found.push(part);
    };
    await expect(reading()).rejects.toMatchObject({ code: "Z_BUF_ERROR" });
    expect(found.length).toBeGreaterThan(500);
  });

  it("is empty where nothing is in it", async () => {
    expect(await read(Buffer.alloc(0))).toEqual([]);
    expect(await read(gzipSync(""))).toEqual([]);
  });
});
