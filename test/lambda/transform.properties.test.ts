/** What holds for any input at all. */
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { answerOf } from "../../lambda/transformer/fit-answer";
import { isAbsent, REQUIRED_KEYS } from "../../lambda/transformer/access-log";
import { failed } from "../../lambda/transformer/outcome";
import { REPAIRABLE_FORMATS } from "../../lambda/transformer/repair";
import type { TransformerSettings } from "../../lambda/transformer/settings";
import { createTransformer } from "../../lambda/transformer/transform";
import { accessLog, base64, envelope, gzip, NOW, outcomeFor, recordsOf, settings, textOf } from "./support";

type Log = Record<string, unknown>;

const IDENTITY_KEYS = ["user", "apiKeyId", "principalId", "caller", "companyId", "metadata", "orgId"];
const OUR_KEYS = new Set(["user", "companyId", "metadata", "requestId"]);

const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>("-", "", "jane", "acme", "key-1", null, 7) },
  fc.jsonValue({ maxDepth: 3 }),
);
const key = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...IDENTITY_KEYS) },
  fc.constantFrom("stage", "ip", "__proto__", "constructor", "toJSON", "1", "0"),
  fc.string(),
);

/** Access logs with any other keys before and behind those that are required. */
const log = fc
  .tuple(fc.dictionary(key, value), fc.dictionary(key, value))
  .map(([before, behind]) => merged(before, accessLog(), behind));

/** An access log in a known format, of which some values are written as they are. */
const damaged = fc
  .tuple(fc.constantFrom(...REPAIRABLE_FORMATS), fc.dictionary(fc.nat(20).map(String), fc.string({ unit: "binary" })))
  .map(([keys, values]) => {
    const members = keys.map((name, index) => `"${name}":"${values[index] ?? (index === 8 ? 'a "b" \\c' : "-")}"`);
    return `{${members.join()}}`;
  });

const logText = log.map((one) => JSON.stringify(one));
const oneText = fc.oneof({ weight: 2, arbitrary: logText }, damaged);

const text = fc.oneof(
  oneText,
  fc.array(oneText).map((several) => several.join("")),
  fc.array(oneText).map((several) => several.join("\n")),
  fc.array(logText).map((several) => `[${several.join()}]`),
  fc.json(),
  fc.string({ unit: "binary" }),
  fc.tuple(oneText, fc.nat()).map(([one, cut]) => one.slice(0, cut % 400)),
);

const messages = fc.array(fc.oneof({ weight: 9, arbitrary: oneText }, text), { maxLength: 5 });
const wrapped = fc.oneof(text.map(gzip), messages.map(envelope));
const cut = fc.tuple(wrapped, fc.nat()).map(([one, at]) =>
  Buffer.from(one, "base64")
    .subarray(0, at % one.length)
    .toString("base64"),
);

const data = fc.oneof(
  { weight: 4, arbitrary: text.map(base64) },
  { weight: 3, arbitrary: wrapped },
  cut,
  fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64")),
  fc.uint8Array().map((bytes) => gzipSync(bytes).toString("base64")),
  fc.string(),
  fc.anything(),
);

const order = fc.option(fc.uniqueArray(fc.constantFrom(...IDENTITY_KEYS.filter((name) => name !== "metadata"))), {
  nil: undefined,
});
const anySettings: fc.Arbitrary<TransformerSettings> = fc
  .record({ user: order, company: order, metadata: fc.dictionary(key, fc.jsonValue({ maxDepth: 1 })) })
  // Where each reads the other, a second identification would go on where the first ended.
  .filter(({ user, company }) => !(user?.includes("companyId") && company?.includes("user")))
  .map(({ user, company, metadata }) => ({ ...settings, identity: { user, company }, metadata: metadata as never }));

/** Assignment would lose a key called `__proto__`. */
function merged(...objects: readonly Log[]): Log {
  return Object.fromEntries(objects.flatMap((object) => Object.entries(object)));
}

function transformed(one: unknown, of: TransformerSettings): string | undefined {
  const outcome = outcomeFor(one, of);
  return outcome.result === "Ok" ? outcome.data : undefined;
}

describe("for any records, the transformer", () => {
  it("answers every recordId once, in order, with a valid result", () => {
    fc.assert(
      fc.property(fc.array(data), anySettings, (datas, of) => {
        const records = recordsOf(datas);
        const outcomes = createTransformer(of)(datas, NOW);
        const answers = records.map((record, index) => answerOf(record, outcomes[index]!));
        expect(answers.map(({ recordId }) => recordId)).toEqual(records.map(({ recordId }) => recordId));
        for (const answer of answers) {
          expect(["Ok", "Dropped", "ProcessingFailed"]).toContain(answer.result);
          expect("data" in answer).toBe(answer.result === "Ok");
        }
      }),
      { numRuns: 500 },
    );
  });

  it("delivers base64 of one object, of lines or of an array, as the record came", () => {
    fc.assert(
      fc.property(fc.array(log, { minLength: 1 }), fc.constantFrom("", "\n", "[]"), (logs, between) => {
        const texts = logs.map((one) => JSON.stringify(one));
        const input = between === "[]" ? `[${texts.join()}]` : texts.join(between);
        const output = textOf(transformed(base64(input), settings)!);
        const lines = between === "[]" ? (JSON.parse(output) as unknown[]) : output.split("\n");
        expect(lines).toHaveLength(logs.length);
        const delivered = lines.map((line) => (typeof line === "string" ? (JSON.parse(line) as unknown) : line));
        expect(delivered.every((one) => typeof one === "object" && one !== null && "apiId" in one)).toBe(true);
      }),
    );
  });

  it("makes the same bytes of what it has made", () => {
    fc.assert(
      fc.property(data, anySettings, (one, of) => {
        const once = transformed(one, of);
        fc.pre(once !== undefined);
        expect(textOf(transformed(once, of)!)).toBe(textOf(once!));
      }),
      { numRuns: 2000 },
    );
  });

  it("makes of an envelope what it makes of its messages, one to a line", () => {
    fc.assert(
      fc.property(fc.array(oneText, { minLength: 1, maxLength: 5 }), anySettings, (several, of) => {
        const alone = several.map((message) => outcomeFor(base64(message), of));
        const together = outcomeFor(envelope(several), of);
        const lines = alone.map((one) => (one.result === "Ok" ? textOf(one.data).trim() : undefined));
        if (lines.includes(undefined)) {
          expect(alone).toContainEqual(together);
        } else {
          expect(textOf((together as { data: string }).data)).toBe(lines.join("\n"));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("fails whatever gzip is cut", () => {
    fc.assert(
      fc.property(wrapped, fc.nat(), (one, at) => {
        const bytes = Buffer.from(one, "base64");
        const length = 2 + (at % (bytes.length - 2));
        const outcome = outcomeFor(bytes.subarray(0, length).toString("base64"));
        expect(outcome).toEqual(failed("bad-gzip"));
      }),
    );
  });

  it("loses and changes no key outside of its rules", () => {
    fc.assert(
      fc.property(log, anySettings, (one, of) => {
        const before = JSON.parse(JSON.stringify(one)) as Log;
        const after = JSON.parse(textOf(transformed(base64(JSON.stringify(one)), of)!)) as Log;
        const required: readonly string[] = REQUIRED_KEYS;
        const kept = (object: Log) =>
          Object.entries(object)
            .filter(([name]) => !OUR_KEYS.has(name))
            .filter(([name, held]) => required.includes(name) || !isAbsent(held));
        expect(JSON.stringify(kept(after))).toBe(JSON.stringify(kept(before)));
      }),
    );
  });

  it("keeps what the record's own metadata says, where it says something", () => {
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 2 })), anySettings, (metadata, of) => {
        const input = JSON.stringify(accessLog({ metadata }));
        const after = JSON.parse(textOf(transformed(base64(input), of)!)) as { metadata: Log };
        const own = (JSON.parse(input) as { metadata: Log }).metadata;
        for (const name of Object.keys(own).filter((one) => !isAbsent(own[one]))) {
          const value: unknown = Object.getOwnPropertyDescriptor(after.metadata, name)?.value;
          expect(JSON.stringify(value)).toBe(JSON.stringify(own[name]));
        }
      }),
    );
  });

  it.each([
    ["brackets", "[".repeat(500_000), "not-json"],
    ["arrays", "[".repeat(400_000) + "]".repeat(400_000), "not-an-object"],
    ["arrays in two objects", `{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`.repeat(2), "unknown-shape"],
  ] as const)("does not throw on deeply nested %s", (_, deep, reason) => {
    expect(outcomeFor(base64(deep))).toMatchObject(failed(reason));
  });

  it("does not throw on an access log that is nested too deeply to be written", () => {
    const deep = `{"a":${"[".repeat(300_000)}${"]".repeat(300_000)},${JSON.stringify(accessLog()).slice(1)}`;
    const outcome = outcomeFor(base64(deep));
    // Newer versions of Node.js write without recursion: there it is delivered.
    expect(outcome).toEqual(outcome.result === "Ok" ? expect.anything() : failed("too-deep"));
  });
});
