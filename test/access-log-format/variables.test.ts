/** Every variable that any type of API has, and what the check of each type says of it: golden tables by AWS's pages. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { API_TYPES, type ApiType } from "../../lambda/api-gateway/stage";
import { accessLogFormatIssues } from "../../modules";
import { FORMAT_KINDS } from "../../modules/access-log-format/check";
import { FORMAT_BUILDERS } from "../../modules/access-log-format/build";

interface GoldenTable {
  /** The page that lists the variables. */
  readonly source: string;
  readonly maxBytes: number;
  readonly allowed: readonly string[];
  /** With the reason. */
  readonly refused: Readonly<Record<string, string>>;
}

const tableOf = (type: ApiType) =>
  JSON.parse(readFileSync(join(__dirname, "variables", `${type}.json`), "utf8")) as GoldenTable;

describe.each(API_TYPES)("the access log of %s APIs", (type) => {
  const table = tableOf(type);
  const issuesWith = (variable: string) =>
    accessLogFormatIssues(type, `${FORMAT_BUILDERS[type]().slice(0, -1)},"x":"${variable}"}`);

  it("has the variables that AWS's page lists", () => {
    expect(FORMAT_KINDS[type].page).toBe(table.source);
    expect(table.allowed.filter((variable) => issuesWith(variable).length > 0)).toEqual([]);
  });

  it.each(Object.entries(table.refused))("refuses %s, which %s", (variable, reason) => {
    const [issue, ...others] = issuesWith(variable);
    expect(`${issue?.message}: ${issue?.fix}`).toContain(`${variable} ${reason}`);
    expect(others).toEqual([]);
  });

  it("has every variable of the check in its table", () => {
    const named = [...table.allowed, ...Object.keys(table.refused)];
    expect([...FORMAT_KINDS[type].variables.names].filter((name) => !named.includes(name))).toEqual([]);
  });

  it(`takes formats of up to ${table.maxBytes} bytes`, () => {
    const filled = (count: number) => `${FORMAT_BUILDERS[type]().slice(0, -1)},"x":"${"x".repeat(count)}"}`;
    const room = table.maxBytes - filled(0).length;
    expect(accessLogFormatIssues(type, filled(room))).toEqual([]);
    expect(accessLogFormatIssues(type, filled(room + 1))).toMatchObject([
      { message: expect.stringContaining(`the format has ${table.maxBytes + 1} bytes`) },
    ]);
  });

  it("can be had with user, company and query string", () => {
    const source = { variable: `$context.authorizer.${"x".repeat(20)}` };
    const format = FORMAT_BUILDERS[type]({ user: source, company: source, request: { query: source } });
    expect(Buffer.byteLength(format)).toBeLessThan(table.maxBytes);
  });
});
