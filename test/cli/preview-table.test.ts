/** The tables of a preview: a row for each record, what the transformer changed, the totals. */
import { tablesOf } from "../../cli/preview-table";
import type { PreviewedRecord } from "../../cli/previewed-record";
import { accessLog } from "./support";

const OK: PreviewedRecord = { line: 1, result: "Ok", events: 1, delivered: [accessLog()], before: [accessLog()] };

async function* all(records: readonly PreviewedRecord[]): AsyncGenerator<PreviewedRecord> {
  yield* records;
}

/** The cells of each row but the heads. */
async function cellsOf(records: readonly PreviewedRecord[], limit = 20): Promise<string[][]> {
  const rows = (await tablesOf(all(records), limit)).split("\n").filter((line) => line.startsWith("│"));
  const cells = rows.map((row) =>
    row
      .split("│")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return cells.filter(([first]) => first !== "line" && first !== "result");
}

describe("the row of a record", () => {
  it("marks what the transformer set or changed", async () => {
    const before = [accessLog({ resourcePath: "/users/ann@example.com", user: "-", apiKeyId: "k1" })];
    const delivered = [accessLog({ resourcePath: "/users/[redacted]", user: "k1", companyId: "acme", weight: 4 })];
    const [row] = await cellsOf([{ ...OK, before, delivered }]);
    expect(row).toEqual(["1", "Ok", "1", "GET", "/users/[redacted]*", "200", "k1*", "acme*", "4*"]);
  });

  it("shows an object in Moesif's event model like the access log of which it is made", async () => {
    const request = { verb: "GET", uri: "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/orders/42" };
    const delivered = [{ request, response: { status: 200 }, user_id: "u", company_id: "acme", weight: 10 }];
    const [row] = await cellsOf([{ ...OK, delivered, before: [accessLog({ user: "u" })] }]);
    expect(row).toEqual(["1", "Ok", "1", "GET", "/orders/42", "200", "u", "acme*", "10*"]);
  });

  it("says why a record is not delivered, and shows it as it is", async () => {
    const kept: PreviewedRecord = { ...OK, delivered: [], result: "Dropped", reason: "filter" };
    const unknown: PreviewedRecord = { ...kept, before: [], events: 0, result: "ProcessingFailed", reason: "not-json" };
    const [first, second] = await cellsOf([kept, unknown]);
    expect(first).toEqual(["1", "Dropped: filter", "1", "GET", "/orders/42", "200", "", "", ""]);
    expect(second).toEqual(["1", "ProcessingFailed: not-json", "0", "", "", "", "", "", ""]);
  });

  it("tells what is repaired, and what of it is dropped", async () => {
    const partly = { ...OK, before: [accessLog(), accessLog()], repaired: 1, dropped: { sampled: 3, filter: 1 } };
    const [row] = await cellsOf([partly]);
    expect(row?.[1]).toBe("Ok: repaired, 3 dropped: sampled, 1 dropped: filter");
  });

  it("claims no change where it cannot know which event was which", async () => {
    const before = [accessLog({ user: "a" }), accessLog({ user: "b" })];
    const [row] = await cellsOf([{ ...OK, before, delivered: [accessLog({ user: "b" })] }]);
    expect(row?.[6]).toBe("b");
  });

  it("cuts long values, and lets no control character through", async () => {
    const delivered = [accessLog({ resourcePath: `/${"x".repeat(60)}`, user: "\u001b[2J\u202e" })];
    const [row] = await cellsOf([{ ...OK, delivered }]);
    expect(row?.[4]).toBe(`/${"x".repeat(46)}…*`);
    expect(row?.[6]).toBe("\\u001b[2J\\u202e*");
  });
});

it("shows as many rows as it is told, and counts all", async () => {
  const dropped: PreviewedRecord = { ...OK, result: "Dropped", reason: "filter", delivered: [] };
  const records = [dropped, OK, { ...OK, events: 2, dropped: { sampled: 5 } }, dropped];
  const text = await tablesOf(all(records), 1);
  expect(text).toContain("3 records more are in the totals; --limit shows more of them.");
  expect((await cellsOf(records, 1)).slice(1)).toEqual([
    ["Ok", "", "2", "3"],
    ["Dropped", "filter", "2", "2"],
    ["Dropped", "sampled", "0", "5"],
  ]);
});

it("ends with the first delivered record in full", async () => {
  const text = await tablesOf(all([{ ...OK, line: 7, delivered: [accessLog({ user: "\u009b" })] }, OK]), 0);
  const [, record = ""] = text.split("Line 7 as Moesif gets it:\n");
  expect(JSON.parse(record)).toEqual(accessLog({ user: "\u009b" }));
  expect(record).not.toContain("\u009b");
});
