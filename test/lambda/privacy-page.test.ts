/** The table of docs/privacy.md of what is masked by default is true, row by row. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { accessLog, base64, outcomeFor, textOf } from "./support";

const page = readFileSync(join(__dirname, "..", "..", "docs", "privacy.md"), "utf8");
const [, table = ""] = /<!-- defaults.*?-->(.*?)<!-- end of defaults -->/s.exec(page) ?? [];
const rows = table
  .trim()
  .split("\n")
  .slice(2)
  .map((row) => row.split("|").map((cell) => cell.trim().replace(/^`(.*)`$/, "$1")));

test.each(rows.map(([, what, key, before, after]) => [what!, key!, before!, after!]))(
  "%s in %s: %s",
  (_, key, before, after) => {
    const outcome = outcomeFor(base64(JSON.stringify(accessLog({ [key]: before }))));
    if (outcome.result !== "Ok") throw new Error(outcome.reason);
    const delivered = JSON.parse(textOf(outcome.data)) as Record<string, unknown>;
    expect(delivered[key]).toBe(after === "removed" ? undefined : after);
  },
);

test("the table has a row for each kind", () => {
  expect(rows.length).toBeGreaterThanOrEqual(10);
});
