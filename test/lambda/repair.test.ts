import * as fc from "fast-check";
import { repair, REPAIRABLE_FORMATS } from "../../lambda/transformer/repair";
import { identityFrom } from "../../modules/stage-logging/identity";
import { httpAccessLogFormat, restAccessLogFormat, websocketAccessLogFormat } from "../../modules/stage-logging/format";

/** An access log as a writer has it that puts values into the format as they are. */
function unescaped(keys: readonly string[], values: Readonly<Record<string, string>>): string {
  return `{${keys.map((key) => `"${key}":"${values[key] ?? "-"}"`).join()}}`;
}

const format = fc.constantFrom(...REPAIRABLE_FORMATS);
const character = fc.constantFrom(...'"\\{}[]:,\u0000\t\n\u001f u0061/é東ab');
const harm = fc.array(fc.oneof(character, fc.constantFrom('","status":', '"}{"', '","user" :"')), { maxLength: 8 });

describe("repair", () => {
  const company = identityFrom.authorizerProperty("orgId");
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
    const built = [restAccessLogFormat, httpAccessLogFormat, websocketAccessLogFormat].flatMap((build) =>
      [{}, { path: "route" } as const].flatMap((path) => [build(path), build({ ...path, company })]),
    );
    const first = (keys: readonly string[]) => keys.slice(0, keys.indexOf("accountId") + 1);
    const known = built.map((text) => Object.keys(JSON.parse(text) as object));
    // Formats of the first version, and the one that Moesif published, are in use.
    const older = [...known.filter((keys) => keys.includes("accountId")).map(first), REPAIRABLE_FORMATS.at(-1)!];
    expect(new Set(REPAIRABLE_FORMATS.map(String))).toEqual(new Set([...known, ...older].map(String)));
  });

  it.each([
    ["the first", []],
    ["the", ["companyId"]],
  ])("knows %s format of a REST API with and without the later keys, and with undamaged ones behind", (_, company) => {
    const keys = ["apiId", "requestId", "extendedRequestId", "requestTime", "protocol", "httpMethod", "resourcePath"];
    keys.push("requestHostHeader", "requestUserAgentHeader", "ip", "status", "responseLength", "durationMs", "caller");
    keys.push("user", "principalId", "cognitoIdentityId", "userArn", "apiKeyId", ...company, "stage", "accountId");
    const later = [...keys, "integrationLatency", "authorizerLatency", "errorType", "wafStatus"];
    later.push("requestTimeEpoch");
    const behind = [...later, "queryString"];
    for (const known of [keys, later, behind]) {
      const text = repair(unescaped(known, { userArn: '"' }));
      expect(Object.keys(JSON.parse(text!) as object)).toEqual(known);
    }
    for (const missing of later.slice(keys.length)) {
      const others = later.filter((key) => key !== missing);
      expect(repair(unescaped(others, { userArn: '"' }))).toBeUndefined();
    }
  });

  it("repairs a damaged value of the later keys but the last", () => {
    const keys = REPAIRABLE_FORMATS.find((one) => one.includes("requestTimeEpoch"))!;
    expect(JSON.parse(repair(unescaped(keys, { errorType: 'a"b' }))!)).toMatchObject({ errorType: 'a"b' });
    expect(repair(unescaped(keys, { requestTimeEpoch: 'a"b' }))).toBeUndefined();
  });

  it("reads what was not escaped as it was, or leaves it", () => {
    fc.assert(
      fc.property(format, fc.nat(), harm, (keys, index, harmful) => {
        const key = keys[index % (keys.length - 1)]!;
        const value = harmful.join("");
        const text = repair(unescaped(keys, { [key]: value }));
        fc.pre(text !== undefined);
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

  it("leaves an object in which any known delimiter stands twice", () => {
    const known = fc.constantFrom(...REPAIRABLE_FORMATS.flat());
    fc.assert(
      fc.property(format, known, fc.nat(), (keys, forged, index) => {
        const key = keys[index % (keys.length - 1)]!;
        const text = unescaped(keys, { [key]: `"x","${forged}":"y` });
        // One key's place is where another format has this very key: there it is no forgery.
        const inPlace = REPAIRABLE_FORMATS.some((other) => other.join() === withKey(keys, key, forged).join());
        expect(repair(text) === undefined).toBe(!inPlace);
      }),
      { numRuns: 2000 },
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
  ])("needs little time and no stack for a megabyte of %s", (_, text) => {
    const started = performance.now();
    repair(text);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

function withKey(keys: readonly string[], behind: string, key: string): string[] {
  return keys.flatMap((other) => (other === behind ? [other, key] : [other]));
}

/** A value as a reader of JSON would have it, its control characters aside. */
function readings(value: string): string[] {
  const printable = value.replace(/[\u0000-\u001f]/g, (one) => JSON.stringify(one).slice(1, -1));
  try {
    return [JSON.parse(`"${printable}"`) as string];
  } catch {
    return [];
  }
}
