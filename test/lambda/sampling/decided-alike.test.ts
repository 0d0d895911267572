/** Chance decides alike on a call that comes again, by itself or with others: in a retry, a redrive, or put back. */
import type { TransformerSettings } from "../../../lambda/transformer/settings";
import { accessLog, base64, envelope, outcomeFor, settings, textOf } from "../support";

const half: TransformerSettings = { ...settings, enrichment: "none", sampling: { remote: false, rate: 50 } };
const texts = Array.from({ length: 300 }, (_, index) => JSON.stringify(accessLog({ durationMs: String(index) })));

/** The durations of the calls that are kept. */
function keptOf(datas: readonly string[], of = half): string[] {
  const outcomes = datas.map((data) => outcomeFor(data, of));
  const delivered = outcomes.map((outcome) => (outcome.result === "Ok" ? textOf(outcome.data) : ""));
  return delivered.flatMap((text) => Array.from(text.matchAll(/"durationMs":"(\d+)"/g), ([, duration]) => duration!));
}

it.each<readonly [string, readonly string[]]>([
  ["with a line break behind it", texts.map((text) => base64(`${text}\n`))],
  ["on one of many lines", [base64(texts.join("\n"))]],
  ["among others that run together", [base64(texts.join(""))]],
  ["in an array", [base64(`[ ${texts.join(" , ")} ]`)]],
  ["in an envelope", [envelope(texts)]],
  ["on one of the lines of a message", [envelope([texts.slice(0, 99).join("\n"), texts.slice(99).join("\n")])]],
])("is decided alike by itself and %s", (_, datas) => {
  const alone = keptOf(texts.map(base64));
  expect(alone.length).toBeGreaterThan(100);
  expect(alone.length).toBeLessThan(200);
  expect(keptOf(datas)).toEqual(alone);
});

it("is decided otherwise in another account", () => {
  const datas = texts.map(base64);
  expect(keptOf(datas, { ...half, accountId: "222222222222" })).not.toEqual(keptOf(datas));
});
