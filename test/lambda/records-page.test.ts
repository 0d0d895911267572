/** The table of docs/internals/records.md: each row is a fixture, and says what becomes of it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ENVELOPE_LIMIT } from "../../lambda/transformer/answer";
import { INFLATED_LIMIT } from "../../lambda/transformer/decode";
import { fixtures, resultOf } from "./fixture";
import { accessLog, base64, outcomeFor, settings, textOf } from "./support";

const page = readFileSync(join(__dirname, "..", "..", "docs", "internals", "records.md"), "utf8");
const [, fields = ""] = /<!-- fields: each key is a test. -->(.*?)<!-- end of fields -->/s.exec(page) ?? [];
const rows = [...page.replace(fields, "").matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)]
  .map(([, record, result]) => [record!, result!] as const)
  .filter(([record]) => record !== "Record" && record !== "---");

describe("docs/internals/records.md", () => {
  it("has a row for each fixture, and a fixture for each row", () => {
    expect(rows.map(([record]) => record).sort()).toEqual([...fixtures.keys()].sort());
  });

  it.each(rows)("%s: %s", (record, result) => {
    expect(resultOf(fixtures.get(record)!)).toBe(result);
  });

  it.each([...fields.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell]) => cell!.match(/`\w+`/g) ?? []))(
    "%s has a field of its own in an event",
    (name) => {
      const eventOf = (more: object) => {
        const log = accessLog({ ...more });
        const { metadata: _, ...event } = JSON.parse(
          textOf((outcomeFor(base64(JSON.stringify(log)), { ...settings, output: "event" }) as { data: string }).data),
        ) as Record<string, unknown>;
        return JSON.stringify(event);
      };
      // A value that every key takes, times included.
      expect(eventOf({ [name.replaceAll("`", "")]: "1794909900" })).not.toBe(eventOf({}));
    },
  );

  it("names the bounds of inflation", () => {
    expect(page).toContain(`${ENVELOPE_LIMIT / 1024 / 1024} MiB`);
    expect(page).toContain(`${INFLATED_LIMIT / 1024 / 1024} MiB`);
  });
});
