/** What holds for any input at all. */
import { holdsSecretName } from "../../lambda/secrets/lists";
import * as fc from "fast-check";
import { isAbsent, REQUIRED_KEYS } from "../../lambda/transformer/access-log";
import { answerOf, type Limits, limitsOf } from "../../lambda/transformer/answer";
import { settle } from "../../lambda/transformer/handler";
import { isMarked } from "../../lambda/transformer/access-log";
import { type Failed, failed, type Ok, type Outcome } from "../../lambda/transformer/outcome";
import { reportOf } from "../../lambda/transformer/report";
import type { SamplingConfig } from "../../lambda/transformer/sampling/config";
import type { TransformerSettings } from "../../lambda/transformer/settings";
import { eventFlaw } from "../../local/moesif-event";
import { createTransformer, EVENT_LIMIT } from "../../lambda/transformer/transform";
import { calls, callText, data, key, type Log, log, wrapped, written } from "./any-record";
import { anySettings, config, enriching } from "./any-settings";
import {
  accessLog,
  base64,
  envelope,
  eventOf,
  HASH_KEY,
  NOW,
  outcomeFor,
  recordsOf,
  settings,
  textOf,
} from "./support";

const OUR_KEYS = new Set(["user", "companyId", "metadata", "requestId"]);

/** What the transformer makes of a batch. */
function outcomesOf(
  datas: readonly unknown[],
  of: TransformerSettings,
  rules?: SamplingConfig,
  limits?: Limits,
): Outcome[] {
  return createTransformer(of, { hashKey: HASH_KEY, config: () => rules })(datas, NOW, limits);
}

/** The data that is delivered of a batch. */
function deliveredOf(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap((outcome) => (outcome.result === "Ok" ? [outcome.data] : []));
}

/** The objects of what is delivered. */
function objectsOf(delivered: string): Log[] {
  const text = textOf(delivered);
  return text.startsWith("[")
    ? (JSON.parse(text) as Log[])
    : text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Log);
}

function transformed(one: unknown, of: TransformerSettings): string | undefined {
  const outcome = outcomeFor(one, of);
  return outcome.result === "Ok" ? outcome.data : undefined;
}

describe("for any records, the transformer", () => {
  it("answers every recordId once, in order, with a valid result", () => {
    fc.assert(
      fc.property(fc.array(data), anySettings, config, (datas, of, rules) => {
        const records = recordsOf(datas);
        const outcomes = outcomesOf(datas, of, rules);
        const answers = records.map((record, index) => answerOf(record, outcomes[index]!));
        expect(answers.map(({ recordId }) => recordId)).toEqual(records.map(({ recordId }) => recordId));
        for (const answer of answers) {
          expect(["Ok", "Dropped", "ProcessingFailed"]).toContain(answer.result);
          expect("data" in answer).toBe(answer.result === "Ok");
        }
      }),
      { numRuns: 300 },
    );
  });

  it("accounts for every event, with an answer that fits, whether what does not can be put back or not", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(calls),
        anySettings,
        config,
        fc.integer({ min: 200, max: 5000 }),
        fc.array(fc.boolean()),
        async (datas, of, rules, limit, taken) => {
          const records = recordsOf(datas);
          const putBack = (all: readonly unknown[]) => Promise.resolve(all.map((_, index) => taken[index] ?? true));
          const outcomes = await settle(outcomesOf(datas, of, rules, limitsOf(records, 256, limit)), putBack);
          const without = records.map((record) => answerOf(record, failed("unexpected")));
          const answers = records.map((record, index) => answerOf(record, outcomes[index]!));
          const size = JSON.stringify({ records: answers }).length;
          expect(size).toBeLessThanOrEqual(Math.max(limit, JSON.stringify({ records: without }).length));

          const report = reportOf(eventOf(datas), outcomes, NOW, 1) as Record<string, number>;
          const kept = deliveredOf(outcomes).flatMap(objectsOf).length;
          expect(report.EventsKept).toBe(kept);
          expect(report.EventsIn).toBe(kept + report.EventsDropped! + report.EventsFailed! + report.EventsPutBack!);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("delivers no event that is larger than Moesif takes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 997_000, max: EVENT_LIMIT }), anySettings, (length, of) => {
        const bare = Buffer.byteLength(JSON.stringify(accessLog({ note: "" })));
        const large = JSON.stringify(accessLog({ note: "é".repeat((length - bare) / 2) }));
        for (const delivered of deliveredOf(outcomesOf([base64(large), base64(`${large}\n${large}`)], of))) {
          for (const line of textOf(delivered).split("\n")) {
            expect(Buffer.byteLength(line)).toBeLessThanOrEqual(EVENT_LIMIT);
          }
        }
      }),
      { numRuns: 20 },
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

  it("makes events of Moesif's model of whatever it takes", () => {
    const odd = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("-", "", "ANY", "a b", "/x y?ü=%", "40", "1e9"),
    );
    const keys = ["httpMethod", "resourcePath", "requestHostHeader", "status", "durationMs", "weight", "xrayTraceId"];
    const oddLog = fc
      .dictionary(fc.constantFrom(...keys, "subscriptionId", "user", "ip", "routeKey", "eventType"), odd)
      .map((more) => base64(JSON.stringify(accessLog(more))));
    fc.assert(
      fc.property(fc.array(fc.oneof(calls, oddLog), { minLength: 1 }), enriching, (datas, of) => {
        const events = deliveredOf(outcomesOf(datas, { ...of, output: "event" })).flatMap(objectsOf);
        expect(events.map((event) => eventFlaw(event as never)).filter((flaw) => flaw !== undefined)).toEqual([]);
      }),
      { numRuns: 600 },
    );
  });

  it("makes the same bytes of what it has made of a batch", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(calls, data)), anySettings, config, (datas, of, rules) => {
        const once = deliveredOf(outcomesOf(datas, of, rules));
        expect(deliveredOf(outcomesOf(once, of, rules)).map(textOf)).toEqual(once.map(textOf));
      }),
      { numRuns: 600 },
    );
  });

  it("makes the same bytes of what holds characters that are no text, or encode none", () => {
    for (const resourcePath of ["/\ufdd0 %", "/Basic __proto__%zz", "/Basic __proto__%25zz", "/%%%25%zz%"]) {
      for (const output of ["accessLog", "event"] as const) {
        const of = { ...settings, output, redaction: { hash: ["user"] } };
        const odd = accessLog({ resourcePath, requestUserAgentHeader: "\ufdd1 curl" });
        const once = transformed(base64(JSON.stringify(odd)), of)!;
        expect(textOf(once)).toContain("\ufdd1 curl");
        expect(textOf(transformed(once, of)!)).toBe(textOf(once));
      }
    }
  });

  it("makes the same bytes of what it has marked, whatever filter and sampling are by then", () => {
    fc.assert(
      fc.property(
        fc.array(calls),
        anySettings,
        anySettings,
        config,
        config,
        (datas, of, { filter, sampling }, ...rules) => {
          const once = deliveredOf(outcomesOf(datas, of, rules[0]));
          const marked = once.filter((delivered) => objectsOf(delivered).every((one) => isMarked(one as never)));
          const again = outcomesOf(marked, { ...of, filter, sampling }, rules[1]);
          expect(deliveredOf(again).map(textOf)).toEqual(marked.map(textOf));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("marks whatever chance has kept", () => {
    fc.assert(
      fc.property(fc.array(written), anySettings, (logs, of) => {
        const sampling = { ...of.sampling, remote: false, rate: 99.5, keepErrors: "none" } as const;
        const datas = logs.map((one) => base64(JSON.stringify(one)));
        const kept = deliveredOf(outcomesOf(datas, { ...of, sampling, passThrough: false })).flatMap(objectsOf);
        expect(kept.every((one) => isMarked(one as never))).toBe(true);
      }),
    );
  });

  it("lets no secret into what it delivers or says of itself", () => {
    const secrets = { apiKey: "planted-1", note: "Bearer planted-2", id: "eyJwbGFudGVk.eyJwbGFudGVk.cGxhbnRlZA" };
    const own = { caller: "planted-3", ip: "planted-4", extra: { apiKey: "planted-5" } };
    fc.assert(
      fc.property(written, anySettings, config, fc.boolean(), (one, of, rules, hashes) => {
        const planted = { ...one, ...secrets, ...own, metadata: { caller: "planted-6", apiKey: "planted-7" } };
        const rule = hashes ? { hash: ["caller", "ip"] } : { fields: { remove: ["caller", "ip"] } };
        const datas = [base64(JSON.stringify(planted))];
        const outcomes = outcomesOf(datas, { ...of, redaction: rule, identity: of.identity }, rules);
        const report = JSON.stringify(reportOf(eventOf(datas), outcomes, NOW, 1));
        for (const said of [...deliveredOf(outcomes).map(textOf), report]) {
          expect(said).not.toMatch(/planted|cGxhbnRlZA|eyJwbGFudGVk/);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("makes of an envelope what it makes of its messages, one to a line, and puts back what fails", () => {
    fc.assert(
      fc.property(fc.array(callText, { minLength: 1, maxLength: 5 }), enriching, (several, of) => {
        const alone = several.map((message) => outcomeFor(base64(message), of));
        const together = outcomeFor(envelope(several), of);
        const lines = alone.flatMap((one) => (one.result === "Ok" ? [textOf(one.data).trim()] : []));
        const bad = several.filter((_, index) => alone[index]!.result === "ProcessingFailed");
        if (bad.length === several.length) {
          expect(together).toEqual(failed((alone[0] as Failed).reason, several.length));
        } else {
          const { data: delivered, returned } = together as Ok;
          expect(textOf(delivered)).toBe(lines.join("\n"));
          expect((returned?.datas ?? []).map(String).sort()).toEqual(bad.sort());
        }
      }),
      { numRuns: 600 },
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
      fc.property(log, enriching, (one, of) => {
        // By chance, a key is called `CvV`.
        fc.pre(!holdsSecretName(one as object));
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
      fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 2 })), enriching, (metadata, of) => {
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
    expect(outcome).toEqual(outcome.result === "Ok" ? expect.anything() : failed("too-deep", 1));
  });
});
