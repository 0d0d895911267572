/** The result of a preview as people see it: a row for each record, what the transformer changed, the totals. */
import { previewReport, type PreviewResult, Totals } from "../../cli/preview/report";
import type { JsonObject, PreviewedRecord } from "../../cli/preview/transform";
import { markdown } from "../../cli/reporters/markdown";
import { table } from "../../cli/reporters/table";
import { accessLog } from "./support";

interface Given extends Omit<Partial<PreviewedRecord>, "delivered" | "before"> {
  readonly delivered?: readonly JsonObject[];
  readonly before?: readonly JsonObject[];
}

function record({ delivered = [accessLog()], before = [accessLog()], ...more }: Given = {}): PreviewedRecord {
  return { line: 1, result: "Ok", events: 1, ...more, delivered: () => delivered, before: () => before };
}

function result(rows: readonly PreviewedRecord[], more: Partial<PreviewResult> = {}): PreviewResult {
  const totals = new Totals();
  for (const row of rows) totals.add(row);
  const unread = { count: 0, parts: [] };
  return {
    notes: [],
    rows,
    more: 0,
    totals: totals.list(),
    unread,
    rules: [],
    unusedRules: [],
    name: "a log",
    ...more,
  };
}

/** The cells of each row but the heads. */
function cellsOf(records: readonly PreviewedRecord[]): string[][] {
  const rows = table(previewReport(result(records)))
    .split("\n")
    .filter((line) => line.startsWith("│"));
  const cells = rows.map((row) =>
    row
      .split("│")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return cells.filter(([first]) => first !== "line" && first !== "result");
}

describe("the row of a record", () => {
  it("marks what the transformer set or changed", () => {
    const before = [accessLog({ resourcePath: "/users/ann@example.com", user: "-", apiKeyId: "k1" })];
    const delivered = [accessLog({ resourcePath: "/users/[redacted]", user: "k1", companyId: "acme", weight: 4 })];
    const [row] = cellsOf([record({ before, delivered })]);
    expect(row).toEqual(["1", "Ok", "1", "GET", "/users/[redacted]*", "200", "k1*", "acme*", "4*"]);
  });

  it("shows an object in Moesif's event model like the access log of which it is made", () => {
    const request = { verb: "GET", uri: "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/orders/42" };
    const delivered = [{ request, response: { status: 200 }, user_id: "u", company_id: "acme", weight: 10 }];
    const [row] = cellsOf([record({ delivered, before: [accessLog({ user: "u" })] })]);
    expect(row).toEqual(["1", "Ok", "1", "GET", "/orders/42", "200", "u", "acme*", "10*"]);
  });

  it("says why a record is not delivered, and shows it as it is", () => {
    const dropped = record({ delivered: [], result: "Dropped", reason: "filter" });
    const unknown = record({ delivered: [], before: [], events: 0, result: "ProcessingFailed", reason: "not-json" });
    const [first, second] = cellsOf([dropped, unknown]);
    expect(first).toEqual(["1", "Dropped: filter", "1", "GET", "/orders/42", "200", "", "", ""]);
    expect(second).toEqual(["1", "ProcessingFailed: not-json", "0", "", "", "", "", "", ""]);
  });

  it("tells what is repaired, and what of it is dropped", () => {
    const [row] = cellsOf([record({ repaired: 1, dropped: { sampled: 3, filter: 1 } })]);
    expect(row?.[1]).toBe("Ok: repaired, 3 dropped: sampled, 1 dropped: filter");
  });

  it("claims no change where it cannot know which event was which", () => {
    const before = [accessLog({ user: "a" }), accessLog({ user: "b" })];
    const [row] = cellsOf([record({ before, delivered: [accessLog({ user: "b" })] })]);
    expect(row?.[6]).toBe("b");
  });

  it("cuts long values, and lets no control character through", () => {
    const delivered = [accessLog({ resourcePath: `/${"x".repeat(60)}`, user: "\u001b[2J\u202e" })];
    const [row] = cellsOf([record({ delivered })]);
    expect(row?.[4]).toBe(`/${"x".repeat(46)}…*`);
    expect(row?.[6]).toBe("\\u001b[2J\\u202e*");
  });
});

it("counts all, and names the first lines of what is not delivered", () => {
  const dropped = (line: number) => record({ line, result: "Dropped", reason: "filter", delivered: [] });
  const lines = [2, 3, 4, 5, 6, 7].map(dropped);
  const ok = record({ line: 8, events: 2, dropped: { sampled: 5 } });
  expect(cellsOf([record(), ...lines, ok]).slice(-3)).toEqual([
    ["Ok", "", "2", "3", ""],
    ["Dropped", "filter", "6", "6", "2, 3, 4, 5, 6"],
    ["Dropped", "sampled", "0", "5", "8"],
  ]);
});

it("names rules that matched nothing, and what could not be read", () => {
  const unusedRules = [{ rule: "redaction.hash[0]", name: "usr", reason: "no record has this key" }];
  const unread = { count: 3, parts: [{ line: 4, reason: "no @message" }] };
  const text = table(previewReport(result([], { unusedRules, unread, more: 2 })));
  expect(text).toMatch(/Rules that matched nothing:\n[^]*│ redaction\.hash\[0\] │ usr +│ no record has this key │/);
  expect(text).toContain("Not read: 3 parts of the log.\n  - line 4: no @message\n  - 2 parts more");
  expect(text).toContain("Not shown: 2 records; --limit shows more.");
});

it("ends with the first delivered record in full", () => {
  const sample = record({ line: 7, delivered: [accessLog({ user: "\u009b" })] });
  const [, shown = ""] = table(previewReport(result([], { sample }))).split("Line 7 as Moesif gets it:\n");
  expect(JSON.parse(shown)).toEqual(accessLog({ user: "\u009b" }));
  expect(shown).not.toContain("\u009b");
});

it("is a table of Markdown as well, from which no value breaks out", () => {
  const delivered = [accessLog({ resourcePath: "/a|b`<img>", user: "\u202e\n## x" })];
  const text = markdown(previewReport(result([record({ delivered })])));
  expect(text).toContain("| 1 | Ok | 1 | GET | /a\\|b\\`\\<img\\>\\* | 200 | \\\\u202e\\\\u000a## x\\* |  |  |");
});
