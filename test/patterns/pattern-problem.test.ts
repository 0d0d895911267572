/** Which patterns are taken, and that none of those can run away. */
import * as fc from "fast-check";
import { patternProblem } from "../../lambda/patterns/pattern-problem";
import { MASKS } from "./taken";

test.each(MASKS)("takes %s", (pattern) => {
  expect(patternProblem(pattern)).toBeUndefined();
});

test.each([
  ["(a+)+", "within a repetition"],
  ["(?:a?b)+", "within a repetition"],
  ["(?:(?:a|b)*c)*d", "within a repetition"],
  ["(a|a)*b", "begin alike"],
  ["(?:a|ab)+c", "begin alike"],
  ["(?:foo|foobar)", "begin alike"],
  ["(a|b|ab){12}c", "begin alike"],
  ["(a|b){16}c", "too many"],
  ["a+a+b", "go on with what follows"],
  ["\\w+\\d", "go on with what follows"],
  [".*x", "go on with what follows"],
  ["a{1,1000}a{1,1000}b", "go on with what follows"],
  ["a?a?b", "go on with what follows"],
  ["\\p{L}+@", "go on with what follows"],
  ["[^\\p{L}]+[^\\p{L}]+@", "go on with what follows"],
  [`${"(".repeat(40)}a${"){9}".repeat(40)}`, "too many repetitions of repetitions"],
  ["\\w+\\b", "go on with what follows"],
  ["(?=a)b", "looks ahead"],
  ["(?<!a)b", "looks ahead"],
  ["(?<name>a)", "names a group"],
  ["(a)\\1", "refers back"],
  ["a*", "matches where nothing is"],
  ["^", "matches where nothing is"],
  ["\\b", "matches where nothing is"],
  ["(?:a|)", "is empty"],
  ["", "is empty"],
  ["a+?", "behind a quantifier"],
  ["a**", "behind a quantifier"],
  ["^*a", "repeats ^"],
  ["a{3,2}", "repeats a part"],
  ["a{1001}", "repeats a part"],
  ["a{,3}", "'{' without"],
  ["*a", "nothing is to be repeated"],
  ["a}", "nothing is to be repeated"],
  ["[z-a]", "backwards"],
  ["[\\d-x]", "range"],
  ["[a", "ends in the middle"],
  ["a\\", "ends in the middle"],
  ["(a", "not closed"],
  ["a)", "without its '('"],
  ["\\q", "not taken here"],
  ["\\p", "property"],
  ["\\p{Nonsense}", "no regular expression"],
  ["\\u{110000}", "hexadecimal"],
  ["a".repeat(257), "longer than 256"],
])("refuses %s", (pattern, why) => {
  expect(patternProblem(pattern)).toContain(why);
});

const atom = fc.constantFrom("a", "b", "[ab]", "[^a]", ".", "\\w", "\\d", "1", "$", "^", "\\b", "\\.");
const quantifier = fc.constantFrom("", "", "", "+", "*", "?", "{2}", "{1,3}", "{2,}");
const { pattern } = fc.letrec<{ pattern: string; part: string }>((tie) => ({
  part: fc.oneof(
    { weight: 5, arbitrary: fc.tuple(atom, quantifier).map((both) => both.join("")) },
    fc.tuple(tie("pattern"), quantifier).map(([inner, times]) => `(?:${inner})${times}`),
    fc.tuple(tie("pattern"), tie("pattern")).map(([one, other]) => `(?:${one}|${other})`),
  ),
  pattern: fc.array(tie("part"), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
}));

// A pattern that ran away would keep this test from ever ending.
test("every pattern that is taken comes to the end of any text", () => {
  const texts = ["a", "ab", "1", "a1b.", "aab"].map((unit) => unit.repeat(4096 / unit.length) + "\n");
  let taken = 0;
  fc.assert(
    fc.property(pattern, (any) => {
      if (patternProblem(any) !== undefined) return;
      taken++;
      const regex = new RegExp(any, "gsu");
      for (const text of texts) text.replace(regex, "");
    }),
    { numRuns: 3000 },
  );
  expect(taken).toBeGreaterThan(100);
});

test("says of any text whether it is taken, and takes none that JavaScript does not", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary", maxLength: 12 }),
        fc.stringMatching(/^[ab[\](){}|*+?.^$\\dwu1,:=<-]{0,10}$/),
      ),
      (any) => {
        if (patternProblem(any) === undefined) expect(new RegExp(any, "gsu").test("")).toBe(false);
      },
    ),
    { numRuns: 5000 },
  );
});
