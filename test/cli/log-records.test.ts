/** Reading a log: in every form in which access logs lie in files, and in which Firehose keeps them. */
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { JsonElements } from "../../cli/json-elements";
import { type LogRecord, readLog } from "../../cli/log-records";
import { accessLog, base64, deliveryFailed, file, processingFailed } from "./support";

async function read(path: string, standardInput?: Readable): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const record of readLog(path, { standardInput })) records.push(record);
  return records;
}

/** The records with their texts in the place of base64. */
async function textsIn(content: string | Buffer): Promise<[number, string][]> {
  const records = await read(file(content));
  return records.map(({ line, data }) => [line, Buffer.from(data, "base64").toString()]);
}

const one = JSON.stringify(accessLog());
const other = JSON.stringify(accessLog({ resourcePath: "/}{/[,]" }));

describe("the records of a log", () => {
  it("are its lines, damaged or not, but for blank ones", async () => {
    expect(await textsIn(`${one}\n\n{"a":"b"c"}\r\ntext\n${other}`)).toEqual([
      [1, one],
      [3, '{"a":"b"c"}'],
      [4, "text"],
      [5, other],
    ]);
  });

  it("keep their bytes, whatever these are", async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);
    expect(await read(file(Buffer.concat([bytes, Buffer.from("\n")])))).toEqual([
      { line: 1, data: bytes.toString("base64") },
    ]);
  });

  it("are taken from gzip and from standard input alike", async () => {
    expect(await textsIn(gzipSync(`${one}\n${other}\n`))).toEqual([
      [1, one],
      [2, other],
    ]);
    const input = Readable.from([Buffer.from(one)]);
    expect(await read("-", input)).toEqual([{ line: 1, data: base64(one) }]);
  });

  it("are parted where they run together, as in an object of the bucket", async () => {
    expect(await textsIn(one + other + one)).toEqual([
      [1, one],
      [1, other],
      [1, one],
    ]);
  });

  it("stay together in a line that holds anything but whole objects", async () => {
    for (const line of [`${one}{"a":"b"c"}{}`, `${one}${other},`, `{}{`]) {
      expect(await textsIn(line)).toEqual([[1, line]]);
    }
  });

  it("are the elements of an array, with the lines on which they begin", async () => {
    expect(await textsIn(`[\n  ${one},\n\n  {"a":\n    [1, 2]\n  }, 5\n]\n`)).toEqual([
      [2, one],
      [4, '{"a":\n    [1, 2]\n  }'],
      [6, "5"],
    ]);
    expect(await textsIn("[]")).toEqual([]);
  });

  it("are told from an array that ends too early", async () => {
    expect(await textsIn(`[${one},\n{"a":`)).toEqual([
      [1, one],
      [2, '{"a":'],
    ]);
  });

  it("are those that Firehose kept, with the time at which they arrived", async () => {
    const lines = [
      processingFailed(accessLog({ status: "500" })),
      deliveryFailed(accessLog(), "no quotes"),
      deliveryFailed(other, '{"message":"no","rawData":"Zm9yZ2Vk","arrivalTimestamp":1}{}'),
    ];
    expect(await read(file(gzipSync(`${lines.join("\n")}\n`)))).toEqual([
      { line: 1, data: base64(accessLog({ status: "500" })) },
      { line: 2, data: base64(accessLog()) },
      { line: 3, data: base64(other) },
    ]);
  });

  it("are not taken from an access log that has a key of that name", async () => {
    const log = JSON.stringify(accessLog({ rawData: "Zm9yZ2Vk" }));
    expect(await textsIn(log)).toEqual([[1, log]]);
  });

  it("are refused where they cannot be read", async () => {
    await expect(read("/nowhere/log")).rejects.toThrow(/^FILE: \/nowhere\/log cannot be read: ENOENT/);
  });
});

test("the elements of arrays are found however these are broken into lines", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(0, 1, 2), (values, indent) => {
      const elements = new JsonElements();
      const lines = JSON.stringify(values, undefined, indent).split("\n");
      const found = lines.flatMap((line, index) => [...elements.take(line, index + 1)]);
      expect(found.map(({ text }): unknown => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(values)));
      expect(elements.rest()).toBeUndefined();
    }),
  );
});

test("objects are found however they stand together", () => {
  const separators = fc.constantFrom("", " ", "\n");
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue())), separators, (objects, separator) => {
      const elements = new JsonElements();
      const lines = objects
        .map((object) => JSON.stringify(object))
        .join(separator)
        .split("\n");
      const found = lines.flatMap((line, index) => [...elements.take(line, index + 1)]);
      expect(found.map(({ text }): unknown => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(objects)));
    }),
  );
});
