/** What is found in formats that people use, and what is made of them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { API_TYPES, type ApiType } from "../../lambda/api-gateway/stage";
import { accessLogFormatIssues, checkAccessLogFormat, type Issue } from "../../modules";
import { FORMAT_BUILDERS } from "../../modules/access-log-format/build";
import { FORMAT_KINDS } from "../../modules/access-log-format/check";

interface Fixture {
  readonly type: ApiType;
  /** Where the format was published. */
  readonly source?: string;
  readonly format: string;
  readonly issues: readonly Issue[];
  readonly kept: boolean;
  readonly repaired: string;
}

const folder = join(__dirname, "repair");

describe("a check of a format", () => {
  it.each(readdirSync(folder).map((file) => [file.replace(/\.json$/, ""), file]))("finds: %s", (_name, file) => {
    const { source: _source, type, format, ...found } = JSON.parse(readFileSync(join(folder, file), "utf8")) as Fixture;
    expect(checkAccessLogFormat(type, format)).toEqual(found);
  });
});

const type = fc.constantFrom(...API_TYPES);
const variable = fc.oneof(
  fc.constantFrom(...API_TYPES.flatMap((of) => [...FORMAT_KINDS[of].variables.names])),
  fc.constantFrom("$context.identity.apiKey", "$context.error.messageString", "$context.authorizer.claims", "$context"),
  fc.stringMatching(/^\$context\.[a-z.]{0,12}$/),
);
const text = fc.oneof(
  variable,
  fc.string(),
  fc.tuple(variable, fc.string(), variable).map((parts) => parts.join("")),
);
const key = fc.oneof(
  text,
  fc.constantFrom(...Object.keys(FORMAT_KINDS.REST.required), "apiKey", "apiKeyId", "eventType"),
);
const value = fc.oneof(text, fc.integer(), fc.dictionary(key, text, { maxKeys: 3 }), fc.array(text, { maxLength: 3 }));
const object = fc.dictionary(key, value, { maxKeys: 20 }).map((keys) => JSON.stringify(keys));

/** A good format after somebody has edited it. */
const edited = fc
  .tuple(
    type.map((of) => FORMAT_BUILDERS[of]()),
    fc.array(fc.tuple(fc.nat(1000), fc.nat(3), fc.constantFrom("", '"', ",", "\n", "{", "}", "x", "\\", "'")), {
      maxLength: 4,
    }),
  )
  .map(([format, edits]) =>
    edits.reduce((left, [at, length, piece]) => left.slice(0, at) + piece + left.slice(at + length), format),
  );
const anything = fc.oneof(fc.string(), fc.json(), object, edited, text);

describe("a repaired format", () => {
  it("has no issues, whatever it is made of, and is repaired once", () => {
    fc.assert(
      fc.property(type, anything, (of, format) => {
        const { repaired } = checkAccessLogFormat(of, format);
        expect(accessLogFormatIssues(of, repaired)).toEqual([]);
        expect(checkAccessLogFormat(of, repaired)).toEqual({ issues: [], repaired, kept: true });
      }),
      { numRuns: 300 },
    );
  });

  it("is JSON in which the API key is not, whatever it is made of", () => {
    fc.assert(
      fc.property(type, anything, (of, format) => {
        const { repaired } = checkAccessLogFormat(of, format);
        expect(typeof JSON.parse(repaired)).toBe("object");
        expect(repaired).not.toMatch(/\$context\.identity\.apiKey(?!Id)/);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps the keys of an object that are sound", () => {
    const sound = fc.dictionary(fc.stringMatching(/^own[a-z]{1,8}$/), fc.constantFrom("$context.stage", "text"), {
      maxKeys: 5,
    });
    fc.assert(
      fc.property(type, sound, (of, keys) => {
        const format = JSON.stringify({ ...keys, wrong: "$context.nothing.at.all" });
        const { repaired, kept } = checkAccessLogFormat(of, format);
        expect(kept).toBe(true);
        expect(JSON.parse(repaired)).toMatchObject(keys);
        expect(JSON.parse(repaired)).not.toHaveProperty("wrong");
      }),
    );
  });
});
