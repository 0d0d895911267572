/** Reading a log: in every form in which access logs lie in files, and in which Firehose keeps them. */
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { JsonElements } from "../../cli/preview/json-elements";
import { type LogRecord, readLog, type UnreadPart } from "../../cli/preview/log-records";
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
    for (const line of [`${one}{"a":"b"c"}{}`, `${one}${other}x`, `{}{"a"`]) {
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

  it("are told from an object that was cut off, by the next one that stands without an indent", async () => {
    expect(await textsIn(`{\n  "a": 1,\n${one}\n{\n  "b": {\n    "c": 2\n  }\n}\n`)).toEqual([
      [1, '{\n  "a": 1,'],
      [3, one],
      [4, '{\n  "b": {\n    "c": 2\n  }\n}'],
    ]);
  });

  it("are whole where an access log holds what AWS also calls its answers and their parts", async () => {
    const logs = [
      accessLog({ message: "m", timestamp: 1 }),
      accessLog({ records: [{}, {}], Data: "Zm9yZ2Vk" }),
      { status: "200", events: [{ message: "m" }] },
    ].map((log) => JSON.stringify(log));
    expect(await textsIn(logs.join("\n"))).toEqual(logs.map((log, index) => [index + 1, log]));
  });

  it("are taken from a text behind a byte order mark, or of PowerShell", async () => {
    const text = `${one}\r\n${JSON.stringify(accessLog({ user: "Jürgen €" }))}\r\n`;
    const bigEndian = Buffer.from(`\ufeff${text}`, "utf16le").swap16();
    for (const content of [`\ufeff${text}`, Buffer.from(`\ufeff${text}`, "utf16le"), bigEndian]) {
      expect(await textsIn(content)).toEqual(
        text
          .trim()
          .split("\r\n")
          .map((line, index) => [index + 1, line]),
      );
    }
  });

  it("are not mistaken for the heading of a message, where they are plain text behind a time", async () => {
    const lines = ["2026-10-07T08:21:45.000Z text", `2026-10-07T08:21:46.000Z ${one}`, "2026-10-07T08:21:47.000Z more"];
    expect(await textsIn(lines.join("\n"))).toEqual([
      [1, lines[0]],
      [2, one],
      [3, lines[2]],
    ]);
  });

  it("are taken out of what Firehose sends, and of Kinesis events", async () => {
    const data = base64(one);
    const request = { requestId: "r", timestamp: 1, records: [{ data }] };
    const event = { Records: [{ kinesis: { partitionKey: "p", data }, eventSource: "aws:kinesis" }] };
    for (const wrapped of [request, event]) {
      expect(await textsIn(JSON.stringify(wrapped))).toEqual([[1, one]]);
      expect(await textsIn(JSON.stringify(wrapped, undefined, 1))).toEqual([[expect.any(Number), one]]);
    }
  });

  it("have names for what holds none", async () => {
    const unread: UnreadPart[] = [];
    const content =
      '{"attemptsMade":1,"arrivalTimestamp":1,"rawData":5}\n[{"@timestamp":"t"},[{"field":"a","value":"b"}],{"Data":1}]';
    for await (const _ of readLog(file(content), { onUnread: (part) => unread.push(part) }))
      throw new Error("a record");
    expect(unread.map(({ line, reason }) => [line, reason.slice(0, 11)])).toEqual([
      [1, "the data of"],
      [2, "no @message"],
      [2, "no @message"],
      [2, "the data of"],
    ]);
  });

  it("are refused in a file that is packed otherwise", async () => {
    await expect(read(file(Buffer.from("PK\u0003\u0004…")))).rejects.toThrow(/it is a ZIP file: unpack it first$/);
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
      expect(elements.isOpen).toBe(false);
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
