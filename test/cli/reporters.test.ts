/** No text that others chose can break out of its place in a report. */
import fc from "fast-check";
import { json } from "../../cli/reporters/json";
import { markdown } from "../../cli/reporters/markdown";
import { table } from "../../cli/reporters/table";
import type { Block, Report } from "../../cli/report";
import { printable } from "../../common/print";

const HOSTILE = "a|b`c\u001b[2J\u202e*d*_e_[f](g)<h>&lt;$i$~j~\\\n| k |";

const reportOf = (...blocks: Block[]): Report => ({ blocks, objects: [] });
const oneCell = (text: string): Block => ({ kind: "table", columns: [{ title: "API" }], rows: [[text]] });

/** Everything that a terminal obeys. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

describe("in Markdown", () => {
  it("a cell stays one cell, and its characters stay what they are", () => {
    expect(markdown(reportOf(oneCell(HOSTILE))).split("\n")[2]).toBe(
      "| a\\|b\\`c\\\\u001b\\[2J\\\\u202e\\*d\\*\\_e\\_\\[f\\](g)\\<h\\>\\&lt;\\$i\\$\\~j\\~\\\\\\\\u000a\\| k \\| |",
    );
  });

  it.each(["# heading", "- item", "+ item", "1. item", "1) item", "=== underline"])(
    "a paragraph that begins like %s is a paragraph",
    (text) => {
      expect(markdown(reportOf({ kind: "paragraph", text }))).toMatch(/^(?:\\[#\-+=]|1\\[.)])/);
    },
  );

  it("code ends where its fence ends", () => {
    const code = markdown(reportOf({ kind: "code", text: "a\n````\nb\u202e" }));
    expect(code).toBe("`````\na\n````\nb\\u202e\n`````");
  });

  it("whatever the cells hold, a table has as many lines and cells as it has rows and columns", () => {
    const cell = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const lines = markdown(reportOf({ kind: "table", columns: [{ title: "a" }, { title: "b" }], rows })).split(
          "\n",
        );
        expect(lines).toHaveLength(rows.length + 2);
        for (const line of lines) expect(line.match(/(?<!\\)(?:\\\\)*\|/g)).toHaveLength(3);
      }),
    );
  });
});

describe("on a terminal", () => {
  it("a cell stays on its line, and steers nothing", () => {
    const text = table(reportOf(oneCell(HOSTILE)));
    expect(text.split("\n")).toHaveLength(4);
    expect(text).not.toMatch(CONTROLS);
    expect(text).toContain("c\\u001b[2J\\u202e*d*");
  });

  it("headings, paragraphs and list items stay on their line", () => {
    const text = "a\nb";
    const blocks: Block[] = [
      { kind: "heading", text },
      { kind: "paragraph", text },
      { kind: "list", items: [text] },
    ];
    expect(table(reportOf(...blocks))).toBe("a\\u000ab\n\na\\u000ab\n  - a\\u000ab");
  });

  it("numbers are aligned to the right, and long cells are cut", () => {
    const columns = [
      { title: "name", width: 3 },
      { title: "count", align: "right" },
    ] as const;
    expect(table(reportOf({ kind: "table", columns, rows: [["abcdef", "1"]] }))).toContain("│ ab…  │     1 │");
  });
});

it("in JSON, what is printed is plain text and the same JSON", () => {
  const objects = [{ apiName: HOSTILE }, { stage: "\u009b\u2028" }];
  const lines = printable(json({ blocks: [], objects })).split("\n");
  expect(lines.join("")).not.toMatch(CONTROLS);
  expect(lines.map((line) => JSON.parse(line))).toEqual(objects);
});
