/** Patterns that are only sought: which are taken, what they find, and that none can run away. */
import * as fc from "fast-check";
import { LinearMatcher } from "../../lambda/patterns/linear-matcher";
import { parseSearch } from "../../lambda/patterns/parse-pattern";
import { compileSearch, searchProblem } from "../../lambda/patterns/search";
import { SEARCHES } from "./taken";

const linearly = (pattern: string) => new LinearMatcher(parseSearch(pattern));

describe("a search", () => {
  it.each(SEARCHES)("with %s finds it in %j, and not in %j", (pattern, found, missed) => {
    for (const finds of [compileSearch(pattern), (text: string) => linearly(pattern).search(text)]) {
      expect(finds(found)).toBe(true);
      expect(finds(missed)).toBe(false);
    }
  });

  it.each(["", ".*", "a*", "(?:)", "|a", "a??"])("with %j finds it in any text, the empty one included", (pattern) => {
    expect(["", "b", "\n"].map(compileSearch(pattern))).toEqual([true, true, true]);
  });

  it.each([
    ["(?=a)b", "looks ahead"],
    ["(?<!a)b", "looks ahead"],
    ["a(?i)b", "sets flags in its middle"],
    ["(?i:a)", "sets flags in its middle"],
    ["(a)\\1", "refers back"],
    ["(?P<a>b)(?P=a)", "looks ahead"],
    ["a*+", "behind a quantifier"],
    ["a{2}{3}", "behind a quantifier"],
    ["^*a", "repeats ^"],
    ["a{,3}", "'{' without"],
    ["[]a]", "engines read differently"],
    ["[a-\\d]", "range"],
    ["(a", "not closed"],
    ["a)", "without its '('"],
    ["\\p{Nonsense}", "no regular expression"],
    ["(?:a{100}){100}", "too many parts"],
    [`${"(?:".repeat(90)}a${"){1000}".repeat(90)}`, "too many parts"],
    ["a".repeat(1001), "longer than 1000"],
  ])("with %s is refused", (pattern, why) => {
    expect(searchProblem(pattern)).toContain(why);
    expect(() => compileSearch(pattern)).toThrow(why);
  });
});

const atom = fc.constantFrom("a", "b", "B", "[ab]", "[^a]", ".", "\\w", "\\W", "\\d", "1", "\\.", "\\p{L}", "😀", "ſ");
const place = fc.constantFrom("$", "^", "\\b", "\\B");
const quantifier = fc.constantFrom("", "", "", "+", "*", "?", "{2}", "{1,3}", "{2,}", "*?", "+?", "??");
const patternOf = (atoms: fc.Arbitrary<string>) =>
  fc.letrec<{ pattern: string; part: string }>((tie) => ({
    part: fc.oneof(
      { maxDepth: 3 },
      { weight: 6, arbitrary: fc.tuple(atoms, quantifier).map((both) => both.join("")) },
      place,
      fc.tuple(tie("pattern"), quantifier).map(([inner, times]) => `(${inner})${times}`),
      fc.tuple(tie("pattern"), tie("pattern"), quantifier).map(([one, other, times]) => `(?:${one}|${other})${times}`),
      tie("pattern").map((inner) => `(?:${inner}|)`),
    ),
    pattern: fc.array(tie("part"), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("")),
  })).pattern;
const pattern = patternOf(atom);
const text = fc
  .array(fc.constantFrom("a", "b", "A", "B", "1", ".", " ", "\n", "😀", "é", "ſ", "K", "\ud83d", "\ude00"), {
    maxLength: 5,
  })
  .map((characters) => characters.join(""));

describe("for any pattern and text, a search", () => {
  it.each([
    ["u", ""],
    ["iu", "(?i)"],
    ["su", "(?s)"],
  ])("finds what JavaScript's engine finds with the flags %s, on either engine", (flags, start) => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 4, maxLength: 4 }), (any, texts) => {
        fc.pre(searchProblem(start + any) === undefined);
        const regex = new RegExp(any, flags);
        const [search, matcher] = [compileSearch(start + any), linearly(start + any)];
        // JavaScript's engine takes the middle of a surrogate pair for a place, too.
        for (const one of any.includes("\\B") ? texts.map((some) => some.replaceAll("😀", "x")) : texts) {
          expect(search(one)).toBe(regex.test(one));
          expect(matcher.search(one)).toBe(regex.test(one));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("finds the same in a long text as in a short one, where its engine is another", () => {
    // Of what is long in this text none of the repetitions takes anything: JavaScript's engine would run away.
    const sparing = patternOf(atom.filter((one) => one !== "[^a]" && one !== "\\W"));
    fc.assert(
      fc.property(sparing, text, (any, one) => {
        fc.pre(searchProblem(any) === undefined);
        const long = `${"\n".repeat(1024)}${one}`;
        expect(compileSearch(any)(long)).toBe(new RegExp(any, "u").test(long));
      }),
      { numRuns: 500 },
    );
  });

  it("is taken or refused by a reason, and if taken is a pattern of JavaScript's but for its extensions", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.stringMatching(/^[ab[\](){}|*+?.^$\\dwuP<>1,:=!i-]{0,12}$/),
    );
    fc.assert(
      fc.property(anything, (any) => {
        expect(typeof (searchProblem(any) ?? compileSearch(any)("aab"))).not.toBe("undefined");
      }),
      { numRuns: 5000 },
    );
  });
});

describe("the steps of a search", () => {
  it.each(["(a+)+$", "(a|aa)+$", "(a|a?)+a$", "^(a*)*b$", "(.*)(.*)(.*)(.*)c", "a{1,100}b"])(
    "with %s grow with the text, and with nothing else",
    (any) => {
      const stepsIn = (length: number) => {
        const matcher = linearly(any);
        expect(matcher.search(`${"a".repeat(length)}!`)).toBe(false);
        return matcher.steps;
      };
      const [some, more] = [stepsIn(1000), stepsIn(100_000)];
      // A few hundred for each character at most, and a hundred times as many for a text a hundred times as long.
      expect(more / 100_000).toBeLessThan(500);
      expect(more / some).toBeLessThan(110);
    },
  );

  it("are as few in the check of a pattern, however its repetitions multiply", () => {
    const nested = `${"(".repeat(20)}a${"){2}".repeat(6)}${"){1}".repeat(14)}`;
    expect(compileSearch(nested)("a".repeat(64))).toBe(true);
    expect(compileSearch(nested)("a".repeat(63))).toBe(false);
  });
});
