/** Reading records: lines, gzip, limits; and events inside records. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { EventIds, parseEvents } from "../../local/events";
import type { ReadOptions } from "../../common/log-lines";
import { readRecords } from "../../local/input";
import { sampleLog } from "../../local/input";
import { temporaryDirectory } from "./support";

async function read(path: string, options?: ReadOptions): Promise<string[]> {
  const records: string[] = [];
  for await (const record of readRecords(path, options)) records.push(record.toString());
  return records;
}

function file(content: string | Buffer): string {
  const path = join(temporaryDirectory(), "log");
  writeFileSync(path, content);
  return path;
}

test("each line is a record without its line end; blank lines are left out", async () => {
  expect(await read(file('{"a":1}\n\n  \r\n{"b":"ö"}\r\n{"c":3}'))).toEqual(['{"a":1}', '{"b":"ö"}', '{"c":3}']);
});

test("gzip is understood, whatever the name, and standard input too", async () => {
  const packed = gzipSync("a\nb\n");
  expect(await read(file(packed))).toEqual(["a", "b"]);
  expect(await read("-", { standardInput: Readable.from([packed.subarray(0, 1), packed.subarray(1)]) })).toEqual([
    "a",
    "b",
  ]);
  expect(await read("-", { standardInput: Readable.from([Buffer.from("a")]) })).toEqual(["a"]);
  expect(await read(file(""))).toEqual([]);
});

test("however the input is cut into pieces, the records are the same", async () => {
  const piece = fc.oneof(fc.constantFrom("\n", "\r\n"), fc.string()).map((text) => Buffer.from(text));
  await fc.assert(
    fc.asyncProperty(fc.array(piece), async (pieces) => {
      const whole = Buffer.concat(pieces);
      if (whole[0] === 0x1f) return;
      const expected = whole
        .toString()
        .split("\n")
        .map((line) => line.replace(/\r$/, ""))
        .filter((line) => /[^\0- ]/.test(line));
      const chunks = pieces.filter(({ length }) => length > 0);
      expect(await read("-", { standardInput: Readable.from(chunks) })).toEqual(expected);
    }),
  );
});

test("the largest record of Firehose is read, and one byte more is refused by its line", async () => {
  const largest = "x".repeat(1_024_000);
  expect(await read(file(`a\n${largest}\r\nb`))).toEqual(["a", largest, "b"]);
  await expect(read(file(`a\n${largest}x\n`))).rejects.toThrow("--input: line 2 has more than 1024000 bytes");
  await expect(read(file("x".repeat(5_000_000)))).rejects.toThrow("--input: line 1 has more than 1024000 bytes");
});

test("lines that are too long are left out where their numbers are taken, however the input is cut into pieces", async () => {
  const largest = "x".repeat(1_024_000);
  const whole = Buffer.from(`a\n${largest}x\r\n\n${largest}\r\n${"y".repeat(3_000_000)}\nb\n${largest}xyz`);
  for (const size of [whole.length, 1_000_003, 65_536]) {
    const tooLong: number[] = [];
    const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
      whole.subarray(index * size, (index + 1) * size),
    );
    const options = { standardInput: Readable.from(pieces), onTooLong: (line: number) => tooLong.push(line) };
    expect(await read("-", options)).toEqual(["a", largest, "b"]);
    expect(tooLong).toEqual([2, 5, 7]);
  }
});

test("an endless line is given up at once where its number is not taken", async () => {
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(65_536, "x");
    })(),
  );
  await expect(read("-", { standardInput: endless })).rejects.toThrow("line 1 has more than 1024000 bytes");
});

test("an input that cannot be read is named", async () => {
  await expect(read("/nowhere/log")).rejects.toThrow(/--input: \/nowhere\/log cannot be read: ENOENT/);
  await expect(read(file(gzipSync("a\nb\n").subarray(0, 15)))).rejects.toThrow(
    /--input: .* cannot be read: unexpected end of file/,
  );
});

test("reading ends when it is called off, also while it waits", async () => {
  const controller = new AbortController();
  const reading = read("-", { standardInput: new Readable({ read() {} }), signal: controller.signal });
  controller.abort();
  await expect(reading).rejects.toThrow();
});

test("the sample holds 5,000 events, a few of them twice, as in the log that they come from", async () => {
  const ids = new EventIds();
  for (const record of await read(sampleLog())) parseEvents(record)?.forEach((event) => ids.add(event));
  expect(ids).toMatchObject({ events: 5000, repeated: 16 });
});

describe("events of a record", () => {
  test("are found however they are put together", () => {
    const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1 });
    fc.assert(
      fc.property(objects, fc.constantFrom("", "\n", " \r\n"), (events, separator) => {
        const parts = events.map((event) => JSON.stringify(event));
        const expected = JSON.parse(`[${parts.join(",")}]`) as unknown;
        expect(parseEvents(parts.join(separator))).toEqual(expected);
        expect(parseEvents(`[${parts.join(",")}]`)).toEqual(expected);
      }),
    );
  });

  test.each(["", "null", "1", '"a"', "[]", "[1]", '{"a":1} x', '{"a":1', "}{", '{"a":1}]'])(
    "are not found in %j",
    (text) => {
      expect(parseEvents(text)).toBeUndefined();
    },
  );
});
