/** Which patterns are taken, what they find, and that none takes more time than its size and the text allow. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { RE2JS } from "re2js";
import {
  createSearch,
  expansionOf,
  LONGEST_PATTERN,
  MOST_EXPANSION,
  MOST_STEPS,
  Pattern,
  patternProblem,
  type PatternUse,
  useEngine,
} from "../../lambda/re2/pattern";
import { PATTERNS_SHARE } from "../../lambda/re2/time-budget";

useEngine(RE2JS);

/** Masks of every kind. */
const MASKS = [
  "[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}",
  ".+@.+",
  "\\b(?:\\d[ -]*?){13,16}\\b",
  "(?i)password=[^&]+",
  "[[:digit:]]+",
  "(a+)+b",
  "(?:a|ab)*c",
  "\\w+\\d",
  "(?<name>a)",
  "\\d{13,16}",
  "acct_[a-z0-9]+",
  "[\\w.+-]+@[\\w.-]+",
  "[^@]+@.+",
  ".+",
  "(?:live|test)_[a-z]+",
  "(?:Bearer|Basic) \\w+",
  "(?:a|ab)c",
  "\\d{4}(?:-\\d{4}){1,3}",
  "^user-.+$",
  "\\b\\d{16}\\b",
  "https?://[^/]+",
  "[a-z-]+|[A-Z]+",
  "\\p{Lu}{2}\\x{1F600}\\x41\\t\\/",
  "a{20}(?:b|c)+d",
];

/** Patterns that are sought, each with a text that it finds something in, and one in which it does not. */
const SEARCHES: readonly (readonly [pattern: string, found: string, missed: string])[] = [
  [".*health.*", "/v1/health/live", "/v1/orders"],
  ["^.*health.*$", "/v1/health/live", "/v1/orders"],
  ["health|ping", "/ping", "/pong"],
  ["^/(health|healthz|ready)$", "/healthz", "/health/live"],
  ["^GET$", "GET", "get"],
  ["(?i)^get$", "GeT", "GETS"],
  ["(?is)a.b", "A\nB", "a"],
  ["^5\\d\\d$", "503", "1503"],
  ["^(2|3)[0-9]{2}$", "204", "404"],
  ["/users/.+?/orders", "/users/42/orders", "/users/orders"],
  ["(?<version>v[12])/(?P<name>\\w+)", "/v2/orders", "/v3/orders"],
  ["^\\A/orders\\z$", "/orders", "/orders/1"],
  ["/orders/{id}", "/orders/{id}", "/orders/42"],
  ["^[^/]*}]$", "a}]", "}] "],
  ["api\\-key\\_1\\ ", "api-key_1 ", "api_key_1 "],
  ["^(a|)b$", "b", "cb"],
  ["(a+)+$", "xaaa", "aab"],
  ["^\\p{Lu}\\x{e9}\\x41$", "É\u00e9A", "eéA"],
  ["^10\\.0\\.", "10.0.3.1", "110.0.3.1"],
  ["\\bping\\b", "/a-ping/b", "/pings"],
  ["\\Bing", "ping", "a ing"],
];

const EACH_USE: readonly PatternUse[] = ["mask", "extract", "search"];

describe("a pattern", () => {
  it.each(MASKS)("%s is taken", (pattern) => {
    expect(EACH_USE.map((use) => patternProblem(pattern, use))).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ["(", "has an unclosed ("],
    ["[a", "has an unclosed ["],
    ["a)", "has a ) without a ("],
    ["(?<=token=)[^&]+", "uses look-around"],
    ["(?<!a)b", "uses look-around"],
    ["a(?=b)", "uses look-around"],
    ["a(?!b)", "uses look-around"],
    ["(a)\\1", "uses a back-reference"],
    ["/[0-9]{16}/g", "has delimiters"],
    ["/jane/gi", "has delimiters"],
    ["a**", "is not RE2 (invalid nested repetition operator)"],
    ["\\Z", "is not RE2 (invalid escape sequence)"],
    ["[z-a]", "is not RE2 (invalid character class range)"],
    ["(?>a)b", "is not RE2 (invalid or unsupported Perl syntax)"],
    [`${"a".repeat(LONGEST_PATTERN)}.`, `is longer than ${LONGEST_PATTERN} characters`],
    ["(?:(?:a{10}){10}){10}", "repeats too much by number"],
  ])("%s is refused for every use: it %s", (pattern, why) => {
    for (const use of EACH_USE) {
      const { problem, fix } = patternProblem(pattern, use)!;
      expect(problem).toContain(why);
      expect(fix).toMatch(/^(write|close|open|match|see|split|use) /);
    }
  });

  it.each(["", "a*", "^", "a|", "(?i)x?"])(
    "%j is refused where it takes something: it matches the empty string",
    (any) => {
      expect(patternProblem(any, "mask")?.problem).toBe("matches the empty string");
      expect(patternProblem(any, "extract")?.problem).toBe("matches the empty string");
      expect(patternProblem(any, "search")).toBeUndefined();
    },
  );

  it("may have one group where it extracts", () => {
    expect(patternProblem("(a)(b)", "extract")?.problem).toBe("has 2 capturing groups");
    expect(patternProblem("(a)(?:b)", "extract")).toBeUndefined();
    expect(patternProblem("(a)(b)", "mask")).toBeUndefined();
  });

  it.each([undefined, null, 1, {}])("%j is none", (any) => {
    expect(patternProblem(any, "search")?.problem).toBe("is not a string");
  });

  it("is refused in words that hold nothing of it", () => {
    const words = /^[^{]*$/;
    fc.assert(
      fc.property(fc.stringMatching(/^[[\](){}|*+?.^$\\]{0,10}$/), (any) => {
        const { problem = "", fix = "" } = patternProblem(`{jane}${any}`, "mask") ?? {};
        expect(`${problem} ${fix}`).toMatch(words);
        expect(`${problem} ${fix}`).not.toContain("jane");
      }),
    );
  });
});

describe("docs/privacy.md", () => {
  const page = readFileSync(join(__dirname, "..", "..", "docs", "privacy.md"), "utf8");
  const unwrapped = page.replaceAll(/\s+/g, " ");
  const code = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text!.replaceAll("\\|", "|"));
  const [, table = ""] = /\| Pattern \| Instead \|\n[^\n]*\n(.*?)\n\n/s.exec(page) ?? [];
  const rows = table.split("\n").map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, 3)
      .map(code),
  );
  const examples = rows.filter(([refused]) => refused!.some((text) => text !== "extract"));

  it.each(examples)("%j is refused, and %j is taken", (refused, [instead]) => {
    for (const pattern of refused.filter((text) => text !== "extract")) {
      expect(patternProblem(pattern, "extract")).toBeDefined();
    }
    expect(patternProblem(instead, "extract")).toBeUndefined();
  });

  it("says what is bounded, and by how much", () => {
    expect(examples).toHaveLength(6);
    expect(unwrapped).toContain(`${LONGEST_PATTERN.toLocaleString("en")} characters`);
    expect(unwrapped).toContain(`is at most ${MOST_EXPANSION.toLocaleString("en")}`);
    expect(unwrapped).toContain(`${MOST_STEPS / 1e6} million`);
    expect(unwrapped).toContain(`Patterns may take ${100 * PATTERNS_SHARE} %`);
    const [email, card] = [MASKS[0]!, MASKS[2]!].map((mask) => RE2JS.compile(mask).programSize());
    expect(unwrapped).toContain(`has ${email} instructions`);
    expect(unwrapped).toContain(`has ${card}, which is ${Math.floor(MOST_STEPS / card! / 1000)},000 characters`);
  });
});

describe("the expansion of a pattern", () => {
  it.each([
    ["[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", 2000],
    ["(?:[0-9]{1,3}\\.){3}[0-9]{1,3}", 1000],
    ["\\b(?:\\d[ -]*?){13,16}\\b", 1000],
    ["(?:[0-9a-f]{4}:){7}[0-9a-f]{4}", 3000],
  ])("%s is far below the limit", (pattern, most) => {
    expect(expansionOf(pattern)).toBeLessThan(most);
    expect(most).toBeLessThan(MOST_EXPANSION);
  });

  const part = fc.letrec<{ pattern: string; part: string }>((tie) => ({
    part: fc
      .oneof(
        { maxDepth: 4 },
        fc.tuple(fc.constantFrom("a", "[bc]", ".", "\\d"), fc.constantFrom("", "{2}", "{3,}", "{2,5}", "{30}", "+")),
        fc
          .tuple(tie("pattern"), fc.constantFrom("{3}", "{2,4}", "*", "{7,}"))
          .map(([inner, times]) => [`(?:${inner})`, times]),
      )
      .map((both) => (both as string[]).join("")),
    pattern: fc.array(tie("part"), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
  })).pattern;

  it("is more than what RE2 makes of it", () => {
    fc.assert(
      fc.property(part, (pattern) => {
        fc.pre(patternProblem(pattern, "search") === undefined);
        expect(RE2JS.compile(pattern).programSize()).toBeLessThanOrEqual(4 * expansionOf(pattern) + 4);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a search", () => {
  it.each(SEARCHES)("with %s finds it in %j, and not in %j", (pattern, found, missed) => {
    const { finds } = createSearch(pattern);
    expect([finds(found), finds(missed)]).toEqual([true, false]);
  });

  it.each(["", ".*", "a*", "|a"])("with %j finds it in any text, the empty one included", (pattern) => {
    expect(["", "b"].map(createSearch(pattern).finds)).toEqual([true, true]);
  });

  const literal = fc.constantFrom("a", "ab", "b", "", "/x", "\\.", "é");
  const alternative = fc.tuple(fc.constantFrom("", "^"), literal, fc.constantFrom("", "$")).map((all) => all.join(""));
  const list = fc.array(alternative, { minLength: 1, maxLength: 12 }).map((all) => all.join("|"));
  const lists = fc.oneof(
    list,
    fc
      .tuple(fc.constantFrom("", "^"), fc.constantFrom("", "?:"), list, fc.constantFrom("", "$"))
      .map(([start, kind, inner, end]) => `${start}(${kind}${inner})${end}`),
  );

  it("for a list of literals finds what RE2 finds", () => {
    fc.assert(
      fc.property(lists, fc.array(fc.constantFrom("a", "b", "/x", ".", "é", "\n"), { maxLength: 6 }), (any, parts) => {
        expect(createSearch(any).finds(parts.join(""))).toBe(RE2JS.compile(any).test(parts.join("")));
      }),
      { numRuns: 2000 },
    );
  });

  it("for a list of literals does without the engine, however long it is", () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => `id-${index}`).join("|");
    for (const pattern of [ids, `^(?:${ids})$`, `^(${ids})`, `(${ids})$`]) {
      const { finds } = createSearch(pattern, true);
      expect([finds("id-19999"), finds("id_19999")]).toEqual([true, false]);
    }
    expect(() => createSearch("a.c", true)).toThrow("not prepared");
  });
});

describe("the work of a pattern", () => {
  it("is not done on a text that is too long for its size", () => {
    const email = new Pattern("[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}");
    expect(email.finds(`${"a".repeat(1_000_000)}`)).toBe(false);
    const large = new Pattern("(?:[a-z]{90}){9}[0-9]");
    expect(large.finds("a".repeat(1000))).toBe(false);
    expect(large.finds("a".repeat(MOST_STEPS / 800))).toBeUndefined();
    expect(large.replace("a".repeat(MOST_STEPS / 800), () => "x")).toBeUndefined();
    expect(large.extract("a".repeat(MOST_STEPS / 800))).toBeUndefined();
  });

  it("ends where each match would read all that is left", () => {
    const quadratic = new Pattern("x[^y]*y|x");
    expect(quadratic.replace("x".repeat(100), () => "-")).toBe("-".repeat(100));
    expect(quadratic.replace("x".repeat(100_000), () => "-")).toBeUndefined();
  });

  it("grows with the text alone, where other engines run away", () => {
    const texts = ["a".repeat(5000) + "!", "ab".repeat(2500)];
    for (const pattern of [
      "(a+)+$",
      "(a|aa)+$",
      "(a|a?)+b$",
      "^(a*)*b$",
      "(.*)(.*)(.*)(.*)c",
      "(?:a|b)*a(?:a|b){18}c",
    ]) {
      for (const text of texts) expect(typeof new Pattern(pattern).finds(text)).toBe("boolean");
    }
  });

  it("keeps few states, however many a text asks for", () => {
    const compiled = RE2JS.compile("(?:a|b)*a(?:a|b){12}c");
    const compile = jest.spyOn(RE2JS, "compile").mockReturnValue(compiled);
    const pattern = new Pattern("as above");
    compile.mockRestore();
    let seed = 1;
    const random = () => (seed = (seed * 16807) % 2147483647) % 2 === 0;
    expect(pattern.finds("c" + Array.from({ length: 20_000 }, () => (random() ? "a" : "b")).join(""))).toBe(false);
    const { stateBudget, memBudget } = compiled.re2().dfa;
    expect(stateBudget).toBe(512 * 1024);
    expect(memBudget).toBeLessThan(stateBudget);
  });
});

describe("a mask", () => {
  it.each([
    ["[[:digit:]]+", "a12b3", "a#b#"],
    ["(?i)password=[^&]+", "?PassWord=x y&z=1", "?#&z=1"],
    ["\\b(?:\\d[ -]*?){13,16}\\b", "no 4111 1111 1111 1111.", "no #."],
    [".+@.+", "a@b\nc", "#\nc"],
    ["(?s).+@.+", "a@b\nc", "#"],
    ["a|ab", "abab", "#b#b"],
    ["é+", "aééb", "a#b"],
    ["😀", "a😀b", "a#b"],
  ])("with %s makes of %j %j", (pattern, text, masked) => {
    expect(new Pattern(pattern).replace(text, () => "#")).toBe(masked);
  });

  it("finds of most patterns what JavaScript finds", () => {
    const atom = fc.constantFrom("a", "b", "[ab]", "[^a]", "\\w", "\\d", "1", "\\.", "(?:ab|a)", "(?:b|ba)");
    const quantified = fc
      .tuple(atom, fc.constantFrom("", "+", "*", "?", "{2}", "{1,3}", "+?"))
      .map((both) => both.join(""));
    const pattern = fc.array(quantified, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(""));
    const text = fc.array(fc.constantFrom("a", "b", "1", ".", "-"), { maxLength: 12 }).map((all) => all.join(""));
    fc.assert(
      fc.property(pattern, text, (any, one) => {
        fc.pre(patternProblem(any, "mask") === undefined);
        expect(new Pattern(any).replace(one, () => "#")).toBe(one.replace(new RegExp(any, "gu"), "#"));
      }),
      { numRuns: 2000 },
    );
  });
});
