import * as fc from "fast-check";
import { parse } from "../../lambda/transformer/documents";
import { hasDuplicateKeys } from "../../lambda/transformer/json";
import { repair, REPAIRABLE_FORMATS } from "../../lambda/transformer/repair";
import { identityFrom } from "../../modules/access-log-format/sources";
import {
  httpAccessLogFormat,
  restAccessLogFormat,
  websocketAccessLogFormat,
} from "../../modules/access-log-format/build";

/** An access log as a writer has it that puts values into the format as they are. */
function unescaped(keys: readonly string[], values: Readonly<Record<string, string>>): string {
  return `{${keys.map((key) => `"${key}":"${values[key] ?? "-"}"`).join()}}`;
}

const company = identityFrom.authorizerProperty("orgId");
/** The formats that this package builds, by their keys. */
const known = [restAccessLogFormat, httpAccessLogFormat, websocketAccessLogFormat].flatMap((build) =>
  [{}, { company }].map((props) => Object.keys(JSON.parse(build(props)) as object)),
);
const format = fc.constantFrom(...REPAIRABLE_FORMATS);
const character = fc.constantFrom(...'"\\{}[]:,\u0000\t\n\u001f u0061/é東ab');
/** Quotes of a caller that look like the doubled ones of a message, or like what stands around a dash. */
const doubled = fc.constantFrom(':""', '"":""', 'a":""', '""}{"', '""', '"":-,', ":-,", '"x" : "" y""');
const harm = fc.array(
  fc.oneof({ weight: 3, arbitrary: character }, fc.constantFrom('","status":', '"}{"', '","user" :"'), doubled),
  { maxLength: 8 },
);

describe("repair", () => {
  it.each([
    ["REST APIs", restAccessLogFormat()],
    ["REST APIs with a company", restAccessLogFormat({ company })],
    [
      "REST APIs with keys and metadata of one's own",
      restAccessLogFormat({ extra: { region: "$context.awsEndpointRequestId" }, metadata: {} }),
    ],
    ["HTTP APIs", httpAccessLogFormat()],
    ["HTTP APIs with a company", httpAccessLogFormat({ company })],
    ["the routes of HTTP APIs", httpAccessLogFormat({ path: "route" })],
    ["the routes of HTTP APIs with a company", httpAccessLogFormat({ path: "route", company })],
    ["HTTP APIs with a query string", httpAccessLogFormat({ request: { query: company } })],
    ["WebSocket APIs", websocketAccessLogFormat()],
    ["WebSocket APIs with a company", websocketAccessLogFormat({ company })],
  ])("knows the formats that this package builds: of %s", (_, built) => {
    const record = built.replaceAll(/"\$[^"]*"/g, '"-"');
    const damaged = record.replace('"requestUserAgentHeader":"-"', '"requestUserAgentHeader":"a "b" \\c"');
    expect(JSON.parse(repair(damaged)!)).toEqual({
      ...(JSON.parse(record) as object),
      requestUserAgentHeader: 'a "b" \\c',
    });
  });

  it("knows no format that nobody writes", () => {
    const built = [restAccessLogFormat, httpAccessLogFormat, websocketAccessLogFormat].map((build) =>
      Object.keys(JSON.parse(build({ path: "route" })) as object),
    );
    // The first format of REST APIs, and the one that Moesif has published.
    const first = built[0]!.slice(0, built[0]!.indexOf("accountId") + 1);
    expect(REPAIRABLE_FORMATS.slice(0, 3)).toEqual([first, ...built.slice(1)]);
    expect(REPAIRABLE_FORMATS).toHaveLength(4);
  });

  it("knows the keys of a format in any order, with any white space and with optional ones among them", () => {
    const hurt = ["resourcePath", "requestUserAgentHeader", "principalId", "user", "errorType"];
    const optional = fc.subarray(["orgId", "contentType"]);
    const space = fc.constantFrom("", " ", "  ", "\n\t");
    const value = fc.constantFrom('Moz "x" y', "C:\\Users", "end\\", "tab\t\u0000", '"quoted"', '{"a":"b"}');
    const order = format
      .chain((keys) => fc.tuple(fc.constant(keys), optional))
      .chain(([keys, more]) =>
        fc.record({
          keys: fc.constantFrom([...keys, ...more].sort(), [...keys, ...more], [...keys].reverse(), [...more, ...keys]),
          damaged: fc.constantFrom(...keys.filter((key) => hurt.includes(key))),
        }),
      );
    fc.assert(
      fc.property(order, space, value, ({ keys, damaged }, between, harmful) => {
        const members = keys.map((key) => `"${key}"${between}:${between}"${key === damaged ? harmful : "-"}"`);
        const text = `${between}{${between}${members.join(`${between},${between}`)}${between}}${between}`;
        const expected = Object.fromEntries(keys.map((key) => [key, key === damaged ? harmful : "-"]));
        // What reads like JSON was escaped.
        expect(JSON.parse(repair(text)!)).toEqual({ ...expected, [damaged]: [harmful, ...readings(harmful)].at(-1) });
      }),
      { numRuns: 1000 },
    );
  });

  it("takes a format in the order of Terraform's jsonencode, whatever its options", () => {
    for (const build of [restAccessLogFormat, httpAccessLogFormat, websocketAccessLogFormat]) {
      const built = build({ company, request: { query: company }, metadata: { tenant: "$context.authorizer.tenant" } });
      const keys = Object.keys(JSON.parse(built) as object).sort();
      const values = { requestUserAgentHeader: 'a "b" \\c', queryString: 'q="1"' };
      const record = Object.fromEntries(keys.map((key) => [key, key === "metadata" ? { tenant: "-" } : "-"]));
      const text = keys
        .map((key) => `"${key}":${key in values ? `"${values[key as "queryString"]}"` : JSON.stringify(record[key])}`)
        .join();
      expect(JSON.parse(repair(`{${text}}`)!)).toEqual({ ...record, ...values });
    }
  });

  it.each([
    ['{"apiId":"a","errorMessage":""Forbidden""}', { apiId: "a", errorMessage: "Forbidden" }],
    ['{"error.message" : ""no \\"x\\" here"" , "b":""""}', { "error.message": 'no "x" here', b: "" }],
    ['{"status":-,"a":[-, 1],"b": - }', { status: "-", a: ["-", 1], b: "-" }],
  ])("mends what a format brings about, in any format: %s", (text, read) => {
    expect(JSON.parse(repair(text)!)).toEqual(read);
  });

  it.each([':""}{"', '"":""x"",', 'a":""b"",', '":-,', '"x":-, "y'])("leaves %s in a value as it is", (value) => {
    for (const keys of REPAIRABLE_FORMATS) {
      const read = JSON.parse(repair(unescaped(keys, { requestUserAgentHeader: value }))!) as Record<string, string>;
      expect(read.requestUserAgentHeader).toBe(value);
    }
  });

  it("takes dashes and doubled quotes around the known keys of a damaged access log", () => {
    const [keys = []] = REPAIRABLE_FORMATS;
    const own = '"orgId": - ,"error.message" : ""Missing \\"x\\"""';
    const text = unescaped(keys, { resourcePath: '/a"b' }).slice(1, -1).replace('"status":"-"', '"status":-');
    const read = { resourcePath: '/a"b', status: "-", orgId: "-", "error.message": 'Missing "x"' };
    expect(JSON.parse(repair(`{${text},${own}}`)!)).toMatchObject(read);
    expect(JSON.parse(repair(`{${own},${text}}`)!)).toMatchObject(read);
  });

  it("takes a message in doubled quotes beside a damaged value", () => {
    const [keys = []] = REPAIRABLE_FORMATS;
    const text = unescaped([...keys, "errorMessage"], { resourcePath: '/a"b', errorMessage: '"Missing \\"x\\""' });
    expect(JSON.parse(repair(text)!)).toMatchObject({ resourcePath: '/a"b', errorMessage: 'Missing "x"' });
  });

  it("leaves the quotes of a caller", () => {
    const [keys = []] = REPAIRABLE_FORMATS;
    const text = unescaped(keys, { requestUserAgentHeader: '"Mozilla"' });
    expect(JSON.parse(repair(text)!)).toMatchObject({ requestUserAgentHeader: '"Mozilla"' });
  });

  it("reads what was not escaped as it was, or leaves it", () => {
    fc.assert(
      fc.property(format, fc.nat(), harm, (keys, index, harmful) => {
        const key = keys[index % (keys.length - 1)]!;
        const value = harmful.join("");
        const damaged = unescaped(keys, { [key]: value });
        const text = repair(damaged);
        fc.pre(text !== undefined && parse(damaged) === undefined);
        const read = JSON.parse(text!) as Record<string, string>;
        expect(Object.keys(read)).toEqual(keys);
        // A value that is a valid JSON string but for control characters was escaped by its writer.
        expect([value, ...readings(value)]).toContain(read[key]);
        expect(keys.filter((other) => other !== key && read[other] !== "-")).toEqual([]);
      }),
      { numRuns: 5000 },
    );
  });

  it("repairs every value without a delimiter of its format in it", () => {
    fc.assert(
      fc.property(format, fc.nat(), fc.array(character), (keys, index, harmful) => {
        const key = keys[index % (keys.length - 1)]!;
        expect(repair(unescaped(keys, { [key]: harmful.join("") }))).toBeDefined();
      }),
    );
  });

  it("never repairs what is truncated", () => {
    const [keys = []] = REPAIRABLE_FORMATS;
    const whole = unescaped(keys, { requestUserAgentHeader: 'a "b" \\c' });
    expect(repair(whole)).toBeDefined();
    for (let length = 0; length < whole.length; length++) {
      expect(repair(whole.slice(0, length))).toBeUndefined();
    }
  });

  it("lets no caller say who he is: identity keys stay as they were written, or nothing is repaired", () => {
    const identity = ["user", "companyId", "apiKeyId", "principalId", "cognitoIdentityId", "caller", "orgId", "sub"];
    const forged = fc.constantFrom(...identity, "subscriptionId", "sessionToken", "stage", "weight");
    const tail = fc.constantFrom('"', '","x":"', '","x":"a"b', '"}', '"b\\', '\\q","y":"');
    const start = fc.constantFrom('x"', 'a"b"', '\\q"', '\u0001"', '""', '"', '"q" x"');
    const written = fc.constantFrom("resourcePath", "requestUserAgentHeader", "principalId", "errorMessage", "user");
    const orders = [...REPAIRABLE_FORMATS, ...known].flatMap((keys) => [
      [...keys],
      [...keys, "errorMessage", "orgId"],
      [...keys, "errorMessage"].sort(),
      [...keys].reverse(),
    ]);
    fc.assert(
      fc.property(fc.constantFrom(...orders), written, start, forged, tail, (keys, at, begin, name, end) => {
        fc.pre(keys.includes(at));
        const honest = Object.fromEntries(keys.map((key) => [key, "-"]));
        const text = unescaped(keys, { [at]: `${begin},"${name}":"victim${end}` });
        // A text that is JSON is not repaired: whoever reads it decides on keys that stand twice.
        const read = parse(text) === undefined ? repair(text) : undefined;
        const log = read === undefined ? honest : (JSON.parse(read) as Record<string, string>);
        const doubled = read !== undefined && hasDuplicateKeys(read, log);
        const others = [...identity, name].filter((key) => key !== at);
        expect(doubled ? [] : others.filter((key) => (log[key] ?? "-") !== "-")).toEqual([]);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ["delimiters", '"status":"'.repeat(100_000)],
    ["quotes", '"'.repeat(1_000_000)],
    ["spaces", " ".repeat(1_000_000)],
    ["beginnings", '{"apiId":"'.repeat(100_000)],
    ["harm in one value", unescaped(REPAIRABLE_FORMATS[0]!, { resourcePath: '"\\\u0001'.repeat(330_000) })],
    ["harm behind it", unescaped(REPAIRABLE_FORMATS[0]!, { accountId: '"\\\u0001'.repeat(330_000) })],
    ["lines", "{\n".repeat(500_000)],
    ["escaped quotes", `"${'\\"'.repeat(500_000)}`],
    ["escaped quotes in doubled ones", `{"k":""${'\\"'.repeat(500_000)}`],
    ["keys with a doubled quote", '"k":""'.repeat(160_000)],
    ["spaces before the known keys", `{${" ".repeat(1_000_000)}x${unescaped(REPAIRABLE_FORMATS[0]!, {}).slice(1)}`],
    ["spaces behind a colon", `{"k":${" ".repeat(1_000_000)}`],
  ])("needs little time and no stack for a megabyte of %s", (_, text) => {
    const started = process.cpuUsage();
    repair(text);
    expect(process.cpuUsage(started).user).toBeLessThan(2_000_000);
  });
});

/** A value as a reader of JSON would have it, its control characters aside. */
function readings(value: string): string[] {
  const printable = value.replace(/[\u0000-\u001f]/g, (one) => JSON.stringify(one).slice(1, -1));
  try {
    return [JSON.parse(`"${printable}"`) as string];
  } catch {
    return [];
  }
}
