/** Made-up records: the transformer breaks no rule on them, and a transformer that broke one would be found out. */
import { RE2JS } from "re2js";
import type { Outcome, Transformer } from "../../bench/bundle";
import { fuzz, type Fuzzed } from "../../bench/fuzz/fuzz";
import { loadEngine, useEngine } from "../../lambda/re2/pattern";
import { reportOf } from "../../lambda/transformer/report";
import { parseConfig } from "../../lambda/transformer/sampling/config";
import { createTransformer } from "../../lambda/transformer/transform";

useEngine(RE2JS);

const TRANSFORMER = { loadEngine, createTransformer, parseConfig, reportOf } as Transformer;

/** The flaws of a transformer that makes this of what the real one makes. */
function flawsWith(change: (outcome: Outcome, data: unknown) => Outcome, records = 600): string[] {
  const changed: Transformer = {
    ...TRANSFORMER,
    createTransformer(settings, means) {
      const transform = TRANSFORMER.createTransformer(settings, means);
      return (datas, now) => transform(datas, now).map((outcome, index) => change(outcome, datas[index]));
    },
  };
  return [...fuzz(changed, { records, seed: 1 }).flaws.keys()];
}

function textOf({ data = "" }: Outcome): string {
  return Buffer.from(data, "base64").toString("utf8");
}

/** With another text in the place of what is delivered. */
function delivering(outcome: Outcome, text: string): Outcome {
  return outcome.result === "Ok" ? { ...outcome, data: Buffer.from(text).toString("base64") } : outcome;
}

test("12,000 made-up records break no rule", () => {
  expect(fuzz(TRANSFORMER, { records: 12_000, seed: 2 }).broken).toEqual([]);
});

test("the same seed makes the same records, another seed others", () => {
  const resultsOf = (seed: number): Fuzzed["results"] => fuzz(TRANSFORMER, { records: 600, seed }).results;
  expect(resultsOf(1)).toEqual(resultsOf(1));
  expect(resultsOf(1)).not.toEqual(resultsOf(3));
});

test("each batch is told of as it is done", () => {
  const done: number[] = [];
  fuzz(TRANSFORMER, { records: 450, seed: 1, onProgress: (records) => done.push(records) });
  expect(done).toEqual([200, 400, 450]);
});

describe("found out is a transformer that", () => {
  it("delivers what came in", () => {
    const flaws = flawsWith((outcome, data) =>
      outcome.result === "Ok" ? { ...outcome, data: data as string } : outcome,
    );
    expect(flaws).toContain("delivers a secret");
  });

  it("throws, by the one record that makes it", () => {
    const flaws = flawsWith((outcome) => {
      if (outcome.reason === "not-json") throw new Error("bytes");
      return outcome;
    });
    expect(flaws).toEqual(["throws", "throws at what it has put back"]);
  });

  it.each<[flaw: string, change: (outcome: Outcome) => Outcome]>([
    ["has a result that Firehose does not know", (one) => ({ ...one, result: "Failed" as never })],
    ["has a reason that is no code", (one) => ({ ...one, reason: one.reason && `${one.reason}: GET /orders` })],
    ["carries data though it is not delivered", (one) => (one.result === "Ok" ? one : { ...one, data: "e30=" })],
    ["delivers what is no base64", (one) => (one.result === "Ok" ? { ...one, data: `${one.data}\n` } : one)],
    ["delivers what is no UTF-8", (one) => (one.result === "Ok" ? { ...one, data: "/w==" } : one)],
    ["delivers what are no JSON objects", (one) => delivering(one, textOf(one).slice(1))],
    ["delivers another number of events than it says", (one) => ({ ...one, events: (one.events ?? 1) + 1 })],
    ["delivers a key twice", (one) => delivering(one, textOf(one).replace("{", '{"apiId":"x",'))],
    [
      "delivers an access log without durationMs",
      (one) => delivering(one, textOf(one).replaceAll('"durationMs"', '"duration"')),
    ],
    [
      "delivers an event that lacks request.verb",
      (one) => delivering(one, textOf(one).replaceAll('"verb"', '"method"')),
    ],
    ["makes something else of what it has made", (one) => delivering(one, `${textOf(one)} `)],
  ])("%s", (flaw, change) => {
    expect(flawsWith(change)).toContain(flaw);
  });

  it("does not deliver what it has made", () => {
    const made = new Set<unknown>();
    const flaws = flawsWith((outcome, data) => {
      if (made.has(data)) return { result: "Dropped", reason: "again" };
      made.add(outcome.data);
      return outcome;
    });
    expect(flaws).toContain("does not deliver what it has made");
  });

  it("counts wrong, or logs what a record holds", () => {
    const reporting = (more: (event: { records: readonly { secrets: readonly string[] }[] }) => object): string[] => {
      const changed: Transformer["reportOf"] = (event, outcomes, now, ms) => ({
        ...TRANSFORMER.reportOf(event, outcomes, now, ms),
        ...more(event as never),
      });
      return [...fuzz({ ...TRANSFORMER, reportOf: changed }, { records: 200, seed: 1 }).flaws.keys()];
    };
    expect(reporting(() => ({ EventsKept: 0 }))).toEqual(["makes the counts of its batch not add up"]);
    const logged = reporting(({ records }) => ({ last: records.flatMap(({ secrets }) => secrets)[0] }));
    expect(logged).toEqual(["brings a secret into the log"]);
  });
});
