/** What fits into the answer is delivered, what does not is put back, and what cannot be put back fails with its record. */
import * as fc from "fast-check";
import { gunzipSync } from "node:zlib";
import { ANSWER_LIMIT, answerOf, DATA_LIMIT, limitsOf, splitEnvelope } from "../../lambda/transformer/answer";
import { isGzip } from "../../lambda/transformer/decode";
import { type PutBack, settle } from "../../lambda/transformer/handler";
import { failed, type Outcome } from "../../lambda/transformer/outcome";
import { RECORD_LIMIT } from "../../lambda/transformer/put-back";
import { createTransformer } from "../../lambda/transformer/transform";
import { accessLog, base64, envelope, gzip, HASH_KEY, NOW, recordsOf, settings, textOf } from "./support";

const transform = createTransformer({ ...settings, sampling: { remote: false } }, { hashKey: HASH_KEY });

const taken: PutBack = (parts) => Promise.resolve(parts.map(() => true));
const refused: PutBack = (parts) => Promise.resolve(parts.map(() => false));

function returnedOf(outcome: Outcome | undefined) {
  return outcome === undefined || outcome.result === "ProcessingFailed" ? undefined : outcome.returned;
}

/** The texts that go back, one for each record to be put. */
function textsBack(outcome: Outcome | undefined): string[] {
  return (returnedOf(outcome)?.datas ?? []).map((data) => (data[0] === 0x1f ? gunzipSync(data) : data).toString());
}

function linesOf(outcome: Outcome | undefined): string[] {
  return outcome?.result === "Ok" ? textOf(outcome.data).split("\n") : [];
}

/** An access log whose note is so long. */
function call(length: number, requestId = "r"): string {
  return JSON.stringify(accessLog({ requestId, note: "n".repeat(length) }));
}

describe("an answer", () => {
  it("has room for records one after the other, and for smaller ones behind one that goes back", () => {
    const datas = [...Array<string>(4).fill(call(900_000)), call(900_001), "{", call(10)].map(base64);
    const outcomes = transform(datas, NOW, { answer: 5_000_000 });
    expect(outcomes.map(({ result }) => result)).toEqual(["Ok", "Ok", "Ok", "Ok", "Dropped", "ProcessingFailed", "Ok"]);
    expect(outcomes[4]).toMatchObject({ reason: "put-back", events: 1 });
    const [back] = textsBack(outcomes[4]);
    expect(transform([base64(back!)], NOW)).toMatchObject([{ result: "Ok", data: base64(back!) }]);
  });

  it("has what fits of an envelope, and the rest goes back in gzip and passes as it is", () => {
    const messages = Array.from({ length: 1_500 }, (_, index) => call(600, String(index)));
    const [outcome] = transform([envelope(messages)], NOW);
    const delivered = linesOf(outcome);
    const [back, ...others] = returnedOf(outcome)!.datas;
    expect(others).toEqual([]);
    expect(outcome).toMatchObject({ events: 1_500, returned: { events: 1_500 - delivered.length } });
    expect((outcome as { data: string }).data.length).toBeGreaterThan(0.99 * DATA_LIMIT);
    expect((outcome as { data: string }).data.length).toBeLessThanOrEqual(DATA_LIMIT);
    // Not another word of it is left for this record.
    const [next = ""] = textsBack(outcome)[0]!.split("\n");
    expect(delivered.join("\n").length + 1 + next.length).toBeGreaterThan(RECORD_LIMIT);

    const [again] = transform([back!.toString("base64")], NOW);
    expect(again).toMatchObject({ result: "Ok", events: 1_500 - delivered.length });
    const ids = [...delivered, ...linesOf(again)].map((line) => (JSON.parse(line) as Call).metadata.requestId);
    expect(ids).toEqual(messages.map((_, index) => String(index)));
    expect(linesOf(again).join("\n")).toBe(textsBack(outcome)[0]);
  });

  it("has what fits of an array, and the rest goes back", () => {
    const calls = Array.from({ length: 5 }, (_, index) => call(100_000, String(index)));
    const [outcome] = transform([base64(`[${calls.join()}]`)], NOW, { answer: 300_000 });
    expect(JSON.parse(linesOf(outcome).join("\n"))).toHaveLength(2);
    expect(textsBack(outcome)[0]!.split("\n")).toHaveLength(3);
  });

  it("goes without compressed records for which there is no room: they go back as they came, and are not inflated", () => {
    const full = envelope(Array.from({ length: 1_000 }, (_, index) => call(900, String(index))));
    const [first, second, third, plain] = transform([full, full, full, base64(call(1))], NOW, { answer: 2_000_000 });
    expect([first, second, plain].map((outcome) => outcome!.result)).toEqual(["Ok", "Ok", "Ok"]);
    expect(third).toMatchObject({ result: "Dropped", reason: "put-back", events: 1 });
    expect(returnedOf(third)!.datas.map((data) => data.toString("base64"))).toEqual([full]);
  });

  it("inflates no more than a batch may, but always one record", () => {
    const large = envelope(Array.from({ length: 1_000 }, (_, index) => call(900, String(index))));
    const outcomes = transform([large, large, large], NOW, { inflated: 1.5 * 1024 * 1024 });
    expect(outcomes.map(({ result }) => result)).toEqual(["Ok", "Dropped", "Dropped"]);
    expect(transform([large], NOW, { inflated: 0 })).toMatchObject([{ result: "Ok" }]);
    expect(transform([envelope([call(3_000_000)])], NOW, { inflated: 0 })).toEqual([failed("gzip-too-large")]);
  });

  it("is not misled by what gzip says of its own size", () => {
    const bytes = Buffer.from(envelope(Array.from({ length: 1_000 }, () => call(900))), "base64");
    bytes.writeUInt32LE(1, bytes.length - 4);
    const lying = bytes.toString("base64");
    const outcomes = transform([gzip(call(1)), lying], NOW, { inflated: 1024 * 1024 });
    expect(outcomes[1]).toMatchObject({ reason: "put-back" });
    expect(transform([lying], NOW)).toEqual([failed("bad-gzip")]);
  });

  it("keeps each record within what Firehose takes, whatever goes back", () => {
    const messages = Array.from({ length: 30 }, (_, index) => call(200_000, String(index)));
    const [outcome] = transform([envelope([...messages, "plain text"])], NOW);
    const datas = returnedOf(outcome)!.datas;
    for (const data of datas) expect(data.length).toBeLessThanOrEqual(RECORD_LIMIT);
    for (const text of textsBack(outcome)) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(RECORD_LIMIT);
    expect([
      ...linesOf(outcome),
      ...textsBack(outcome)
        .slice(1)
        .flatMap((text) => text.split("\n")),
    ]).toHaveLength(30);
    expect(textsBack(outcome)[0]).toBe("plain text");
  });

  it("has a message that is larger than a record may be in an envelope of its own, where it fails alone", () => {
    const large = JSON.stringify(accessLog({ note: "é".repeat(600_000) }));
    const [outcome] = transform([envelope([call(1), large])], NOW);
    expect(outcome).toMatchObject({ result: "Ok", events: 2, returned: { events: 1, reason: "too-large" } });
    const [back] = returnedOf(outcome)!.datas;
    expect(JSON.parse(gunzipSync(back!).toString())).toMatchObject({
      messageType: "DATA_MESSAGE",
      logGroup: "orders",
      logEvents: [{ id: "1", message: large }],
    });
    expect(transform([back!.toString("base64")], NOW)).toEqual([failed("too-large", 1)]);
  });

  it("never exceeds the limit, and loses no call, whatever comes, and whether it can be put back or not", async () => {
    const text = fc.oneof(
      fc.nat(900).map((length) => call(length)),
      fc.constantFrom("{", "plain", "{}"),
    );
    const texts = fc.array(text, { minLength: 1, maxLength: 8 });
    const data = fc.oneof(
      text.map(base64),
      texts.map((all) => base64(all.join("\n"))),
      texts.map(envelope),
    );
    const limits = fc.integer({ min: 3_500, max: 12_000 });
    await fc.assert(
      fc.asyncProperty(fc.array(data, { maxLength: 12 }), limits, fc.boolean(), async (datas, limit, back) => {
        const records = recordsOf(datas);
        const outcomes = transform(datas, NOW, limitsOf(records, 256, limit));
        const settled = await settle(outcomes, back ? taken : refused);
        const answer = { records: records.map((record, index) => answerOf(record, settled[index]!)) };
        expect(answer.records.map(({ recordId }) => recordId)).toEqual(records.map(({ recordId }) => recordId));
        expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(limit);
        if (!back) expect(settled.filter((one) => returnedOf(one) !== undefined)).toEqual([]);
      }),
    );
  });

  it("keeps a margin below the 6 MB of AWS Lambda", () => {
    expect(ANSWER_LIMIT).toBeLessThan(6 * 1024 * 1024);
    expect(ANSWER_LIMIT).toBeGreaterThan(6_000_000);
    expect(DATA_LIMIT).toBe(1_365_336);
  });
});

interface Call {
  readonly metadata: { readonly requestId: string };
}

describe("a record of which a part goes back", () => {
  const mixed = envelope([call(1), "plain text", call(2)]);

  it("is delivered without it", async () => {
    const outcomes = transform([mixed], NOW);
    const putBack = jest.fn(taken);
    await expect(settle(outcomes, putBack)).resolves.toEqual(outcomes);
    expect(linesOf(outcomes[0])).toHaveLength(2);
    expect(putBack.mock.calls).toEqual([[[[Buffer.from("plain text")]]]]);
  });

  it("fails as a whole if that cannot be put back, and no other record with it", async () => {
    const outcomes = transform([mixed, mixed, base64(call(1))], NOW);
    const onlyFirst: PutBack = () => Promise.resolve([true, false]);
    const [first, second, third] = await settle(outcomes, onlyFirst);
    expect([first, third]).toEqual([outcomes[0], outcomes[2]]);
    expect(second).toEqual(failed("not-json", 3));
  });

  it("is not put back if it has nothing to be delivered", async () => {
    const putBack = jest.fn(taken);
    const outcomes = transform([envelope(["plain", "text"]), base64("{\n{"), base64("[1, 2]")], NOW);
    await expect(settle(outcomes, putBack)).resolves.toEqual([
      failed("not-json", 2),
      failed("not-json"),
      failed("not-an-object"),
    ]);
    expect(putBack).not.toHaveBeenCalled();
  });

  it("comes to an end: what goes back of any record is delivered or fails, after a few rounds", () => {
    const text = fc.oneof(
      fc.constantFrom(
        call(1),
        "{",
        "plain",
        "{}",
        "1",
        "[1]",
        `[${call(2)}]`,
        `[[${call(3)}]]`,
        `${call(1)}${call(2)}`,
      ),
      fc.json(),
      fc.string({ unit: "binary" }),
    );
    const joined = (texts: readonly string[]) => [texts.join("\n"), texts.join(""), `[${texts.join()}]`];
    const data = fc.array(text, { maxLength: 5 }).chain((texts) => {
      const all = joined(texts);
      return fc.constantFrom(...all.map(base64), ...all.map(gzip), envelope(texts), envelope(all));
    });
    fc.assert(
      fc.property(fc.array(data, { maxLength: 4 }), (datas) => {
        let coming: readonly string[] = datas;
        for (let round = 0; coming.length > 0; round++) {
          expect(round).toBeLessThan(6);
          coming = transform(coming, NOW).flatMap((one) =>
            (returnedOf(one)?.datas ?? []).map((back) => back.toString("base64")),
          );
        }
      }),
    );
  });
});

describe("an envelope that inflates to more than is read at once", () => {
  const inTime = () => false;
  /** Access logs of 1 KB, in an envelope that inflates to so many megabytes. */
  function large(megabytes: number): { readonly data: string; readonly ids: readonly string[] } {
    const ids = Array.from({ length: 850 * megabytes }, (_, index) => `é-${index}`);
    return { data: envelope(ids.map((id) => call(900, id))), ids };
  }
  function idsIn(outcomes: readonly Outcome[]): string[] {
    return outcomes.flatMap(linesOf).map((line) => (JSON.parse(line) as Call).metadata.requestId);
  }

  it("is put back in parts that each fit into a record of an answer, with every event once", async () => {
    const { data, ids } = large(12);
    expect(transform([data], NOW)).toEqual([failed("gzip-too-large")]);
    const { datas, events } = (await splitEnvelope(data, inTime))!;
    expect(events).toBe(ids.length);
    expect(Math.max(...datas.map(({ length }) => length))).toBeLessThanOrEqual(RECORD_LIMIT);
    const outcomes = datas.map((part) => transform([part.toString("base64")], NOW)[0]!);
    expect(outcomes.filter((one) => returnedOf(one) !== undefined)).toEqual([]);
    expect(idsIn(outcomes)).toEqual(ids);
  });

  it.each([
    ["a byte order mark", (text: string) => `\ufeff${text}`],
    ["white space", (text: string) => `\n ${text.replace('"logEvents":[', '"logEvents" : [ ')}\n`],
  ])("is split with %s", async (_, change) => {
    const { data, ids } = large(9);
    const changed = gzip(change(gunzipSync(Buffer.from(data, "base64")).toString()));
    const { datas, events } = (await splitEnvelope(changed, inTime))!;
    expect(events).toBe(ids.length);
    expect(idsIn(datas.map((part) => transform([part.toString("base64")], NOW)[0]!))).toEqual(ids);
  });

  it.each([
    ["it is none", () => gzip(" ".repeat(9 * 1024 * 1024))],
    [
      "it has no end",
      () =>
        gzip(
          gunzipSync(Buffer.from(large(9).data, "base64"))
            .toString()
            .slice(0, -2),
        ),
    ],
    ["its gzip is cut", () => Buffer.from(large(9).data, "base64").subarray(0, -9).toString("base64")],
    ["an event has no end", () => gzip(`{"messageType":"DATA_MESSAGE","logEvents":[{"message":"${"x".repeat(9e6)}`)],
    ["it inflates to more than 64 MiB", () => gzip(" ".repeat(65 * 1024 * 1024))],
  ])("is not split if %s", async (_, data) => {
    await expect(splitEnvelope(data(), inTime)).resolves.toBeUndefined();
  });

  it("is not split if there is no time", async () => {
    await expect(splitEnvelope(large(9).data, () => true)).resolves.toBeUndefined();
  });
});

it("knows gzip by its data", () => {
  expect([gzip(""), gzip("{}"), base64("{}"), base64("\u001f{"), undefined].map(isGzip)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
