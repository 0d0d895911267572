import { type AccessLog, isAccessLog, REQUIRED_KEYS } from "../../lambda/transformer/access-log";
import { normalise } from "../../lambda/transformer/normalise";
import { accessLog } from "./support";

function normalised(log: Record<string, unknown>): unknown {
  normalise(log as AccessLog);
  return JSON.parse(JSON.stringify(log));
}

describe("normalise", () => {
  it.each(["-", ""])("removes an optional key that holds %j", (value) => {
    expect(normalised(accessLog({ ip: value, caller: value }))).toEqual(accessLog());
  });

  it("keeps every other value: dashes within a text, null, false, 0, and what is nested", () => {
    const more = { a: "--", b: " ", c: null, d: false, e: 0, f: { g: "-" }, h: ["-", ""] };
    expect(normalised(accessLog(more))).toEqual(accessLog(more));
  });

  it("removes what has no value from metadata, too, which a format may fill by variables", () => {
    const metadata = { tenant: "-", plan: "", trace: "1-5f", nested: { a: "-" } };
    expect(normalised(accessLog({ metadata }))).toEqual(accessLog({ metadata: { trace: "1-5f", nested: { a: "-" } } }));
  });

  it.each(REQUIRED_KEYS)("keeps %s, which is required, whatever it holds", (key) => {
    expect(normalised(accessLog({ [key]: "-" }))).toEqual(accessLog({ [key]: "-" }));
    expect(isAccessLog(accessLog({ [key]: null }) as AccessLog)).toBe(true);
  });

  it.each(REQUIRED_KEYS)("does not know an object that lacks %s", (key) => {
    const log = accessLog();
    delete log[key];
    expect(isAccessLog(log as AccessLog)).toBe(false);
  });

  it("says whether it removed anything", () => {
    expect(normalise(accessLog({ ip: "-" }) as AccessLog)).toBe(true);
    expect(normalise(accessLog({ status: "-", ip: "203.0.113.7" }) as AccessLog)).toBe(false);
  });
});
