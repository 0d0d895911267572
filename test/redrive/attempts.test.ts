/** The count of attempts travels in the record, and changes nothing of what Moesif gets. */
import { gzipSync } from "node:zlib";
import { attemptsOf, withAttempt } from "../../lambda/redrive/attempts";
import type { TransformerSettings } from "../../lambda/transformer/settings";
import { accessLog, envelope, NOW, outcomeFor, settings } from "../lambda/support";

const log = JSON.stringify(accessLog({ extendedRequestId: "Zxc=" }));
const DAY = 86_400_000;

function transformed(data: Buffer, of: TransformerSettings = settings, now = NOW): Buffer {
  const outcome = outcomeFor(data.toString("base64"), of, now);
  if (outcome.result !== "Ok") throw new Error(outcome.reason);
  return Buffer.from(outcome.data, "base64");
}

const forms: [string, Buffer][] = [
  ["an access log", Buffer.from(log)],
  ["several on lines", Buffer.from(`${log}\n${log}\n`)],
  ["an array", Buffer.from(`[${log},${log}]`)],
  ["an envelope of CloudWatch", Buffer.from(envelope([log, log]), "base64")],
  ["what is not JSON", Buffer.from("GET /orders 200")],
  ["bytes", Buffer.from([0, 159, 146, 150, 0, 0])],
  ["gzip of a length that ends in zeros", gzipSync("x")],
  ["nothing", Buffer.alloc(0)],
];

describe("the count of attempts", () => {
  it.each(forms)("is 0 in %s that was never redriven, and then counts up", (_, data) => {
    expect(attemptsOf(data)).toBe(0);
    expect(attemptsOf(withAttempt(data))).toBe(1);
    expect(attemptsOf(withAttempt(withAttempt(data)))).toBe(2);
    expect(withAttempt(data, 3)).toEqual(withAttempt(withAttempt(withAttempt(data))));
  });

  describe.each([
    ["access logs", settings],
    ["events", { ...settings, output: "event" as const }],
    ["a sample", { ...settings, sampling: { defaultRate: 50, remote: false } }],
    ["redacted calls", { ...settings, redaction: { remove: ["resourcePath"], hash: ["caller"] } }],
  ])("of %s", (_, of) => {
    it.each(forms.slice(0, 4))("makes no other calls of %s", (_, data) => {
      const once = outcomeFor(data.toString("base64"), of);
      expect(outcomeFor(withAttempt(data, 2).toString("base64"), of)).toEqual(once);
    });

    it.each(forms.slice(0, 4))("is still there when %s was transformed again", (_, data) => {
      if (outcomeFor(data.toString("base64"), of).result === "Dropped") return;
      const made = transformed(data, of);
      const redriven = withAttempt(made, 2);
      expect(transformed(redriven, of, NOW + 3 * DAY)).toEqual(redriven);
    });
  });

  it("is there as well where the transformer only passes records on", () => {
    const redriven = withAttempt(Buffer.from(log));
    expect(transformed(redriven, { ...settings, passThrough: true })).toEqual(redriven);
  });
});
