/** The table of docs/records.md: each row is a fixture, and says what becomes of it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ENVELOPE_LIMIT } from "../../lambda/transformer/answer";
import { INFLATED_LIMIT } from "../../lambda/transformer/decode";
import { fixtures, resultOf } from "./fixture";

const page = readFileSync(join(__dirname, "..", "..", "docs", "records.md"), "utf8");
const rows = [...page.matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)]
  .map(([, record, result]) => [record!, result!] as const)
  .filter(([record]) => record !== "Record" && record !== "---");

describe("docs/records.md", () => {
  it("has a row for each fixture, and a fixture for each row", () => {
    expect(rows.map(([record]) => record).sort()).toEqual([...fixtures.keys()].sort());
  });

  it.each(rows)("%s: %s", (record, result) => {
    expect(resultOf(fixtures.get(record)!)).toBe(result);
  });

  it("names the bounds of inflation", () => {
    expect(page).toContain(`${ENVELOPE_LIMIT / 1024 / 1024} MiB`);
    expect(page).toContain(`${INFLATED_LIMIT / 1024 / 1024} MiB`);
  });
});
