/** An access log that is written by editing its own text is the same as one that is written key by key. */
import * as fc from "fast-check";
import type { SamplingSettings } from "../../lambda/transformer/settings";
import { accessLog, base64, outcomeFor, settings, textOf } from "./support";

const key = fc.oneof(
  fc.constantFrom("user", "companyId", "weight", "apiKeyId", "requestI", "superuser", "integrationStatus", "7"),
  fc.string({ maxLength: 5 }),
);
const value = fc.oneof(fc.constantFrom("-", "", "jane", "user", "requestId", "403", ":", ","), fc.string());
const others = fc.dictionary(key, value);
/** Flat access logs with other keys before and behind. */
const log = fc.tuple(others, others).map(([before, behind]) => ({ ...before, ...accessLog(), ...behind }));
const identity = fc.record(
  {
    user: fc.subarray(["user", "apiKeyId", "requestId", "stage"]),
    company: fc.constantFrom(
      ["user"],
      [{ template: "{user} of {apiId}" }],
      [{ from: "status", map: { "200": "200" } }],
    ),
  },
  { requiredKeys: [] },
);

function written(text: string, of: object): string | undefined {
  const outcome = outcomeFor(base64(text), { ...settings, ...of });
  return outcome.result === "Ok" ? textOf(outcome.data) : outcome.reason;
}

it("edits to what it would write", () => {
  const sampling = fc.constantFrom<SamplingSettings>({}, { rate: 50 });
  fc.assert(
    fc.property(log, identity, sampling, (one, who, how) => {
      // By its ids a call has the same dedupe id, however it is written.
      const text = JSON.stringify({ ...one, stage: "prod", extendedRequestId: "Kx1fXFx0IAMEVfA=" });
      // With an escape in a key, the text is of no known format, and is written anew.
      const edited = written(text, { identity: who, sampling: how });
      const anew = written(text.replace('"apiId"', '"\\u0061piId"'), { identity: who, sampling: how });
      // Chance is decided by the text, which is another.
      fc.pre(edited !== "sampled" && anew !== "sampled");
      expect(edited).toBe(anew);
    }),
    { numRuns: 3000 },
  );
});

it("leaves what it does not change where it is", () => {
  const log = accessLog({ user: "-", apiKeyId: "user", note: "requestId" });
  const edited = JSON.parse(written(JSON.stringify(log), {})!) as Record<string, unknown>;
  const { requestId, metadata, ...left } = edited;
  expect(Object.keys(edited)).toEqual([...Object.keys(log), "metadata"]);
  expect({ ...left, requestId: log.requestId }).toEqual({ ...log, user: "user" });
  expect(metadata).toMatchObject({ requestId: log.requestId });
  expect(requestId).not.toBe(log.requestId);
});
