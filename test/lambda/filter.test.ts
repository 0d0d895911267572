/** Which calls the rules of the settings send, and which not. */
import type { AccessLog } from "../../lambda/transformer/access-log";
import { createFilter } from "../../lambda/transformer/filter";
import type { FilterRule } from "../../lambda/transformer/settings";
import { accessLog } from "./support";

const CASES: readonly (readonly [sentence: string, rules: FilterRule[], record: object, kept: boolean])[] = [
  ["keeps a call that no rule matches", [{ drop: { stage: "test" } }], { stage: "prod" }, true],
  ["drops a call by a text", [{ drop: { stage: "test" } }], { stage: "test" }, false],
  ["knows capital letters in values", [{ drop: { stage: "test" } }], { stage: "Test" }, true],
  ["drops a call by one of several texts", [{ drop: { stage: ["dev", "test"] } }], { stage: "test" }, false],
  ["keeps a call that is none of several texts", [{ drop: { stage: ["dev", "test"] } }], { stage: "tes" }, true],
  [
    "drops a call by a pattern, found anywhere",
    [{ drop: { resourcePath: { pattern: "health" } } }],
    { resourcePath: "/v1/health/live" },
    false,
  ],
  [
    "drops a call by a pattern that could run away",
    [{ drop: { resourcePath: { pattern: "^/(.*/)*health$" } } }],
    { resourcePath: "/a/b/health" },
    false,
  ],
  ["knows capital letters in patterns", [{ drop: { httpMethod: { pattern: "^get$" } } }], {}, true],
  ["asks for all fields of a rule", [{ drop: { stage: "test", httpMethod: "POST" } }], { stage: "test" }, true],
  [
    "lets the first rule that matches decide",
    [{ keep: { status: { pattern: "^5" } } }, { drop: { stage: "test" } }],
    { stage: "test", status: "503" },
    true,
  ],
  [
    "goes on to the next rule",
    [{ keep: { status: { pattern: "^5" } } }, { drop: { stage: "test" } }],
    { stage: "test" },
    false,
  ],
  [
    "drops what is left by a rule without fields",
    [{ keep: { stage: "prod" } }, { drop: {} }],
    { stage: "test" },
    false,
  ],
  ["looks into metadata", [{ drop: { "metadata.tier": "free" } }], { metadata: { tier: "free" } }, false],
  ["takes a key with a dot in it for that key", [{ drop: { "a.b": "1" } }], { "a.b": "1" }, false],
  ["takes Moesif's own paths", [{ drop: { "request.verb": "GET", "response.status": "200" } }], {}, false],
  ["compares numbers and truth as texts", [{ drop: { n: "1", b: "true" } }], { n: 1, b: true }, false],
  ["finds nothing in a field that is not there", [{ drop: { stage: { pattern: "" } } }], {}, true],
  ["finds nothing in -", [{ drop: { stage: "-" } }], { stage: "-" }, true],
  ["finds nothing in an empty field", [{ drop: { stage: { pattern: "" } } }], { stage: "" }, true],
  ["finds nothing in null", [{ drop: { stage: "null" } }], { stage: null }, true],
  ["finds nothing in a field that was removed", [{ drop: { stage: { pattern: "" } } }], { stage: undefined }, true],
];

describe("a filter", () => {
  it.each(CASES)("%s", (_, rules, more, kept) => {
    expect(createFilter(rules)!(accessLog(more as Record<string, unknown>) as AccessLog)).toBe(kept);
  });

  it("is none without rules", () => {
    expect(createFilter(undefined)).toBeUndefined();
    expect(createFilter([])).toBeUndefined();
  });

  it("refuses a pattern that cannot be searched for", () => {
    expect(() => createFilter([{ drop: { stage: { pattern: "(?=a)" } } }])).toThrow("unsupported");
  });
});
