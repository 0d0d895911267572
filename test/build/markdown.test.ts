/** Cells of Markdown's tables hold whatever is said of a setting, and stay one cell. */
import { code, table } from "../../scripts/markdown";

it("a table has a head, a line below it and a line for each row", () =>
  expect(table(["Name", "Meaning"], [[code("rate"), "Percent."]])).toBe(
    "| Name | Meaning |\n| --- | --- |\n| `rate` | Percent. |\n",
  ));

it.each([
  ["a|b", "a\\|b"],
  ["one of <name>", "one of &lt;name>"],
  ["`<name>`, <name>", "`<name>`, &lt;name>"],
  ["Days. (see https://example.com/a)", "Days. ([reference](https://example.com/a))"],
  ["Days. (https://example.com/a)", "Days. ([reference](https://example.com/a))"],
  ["Days (of AWS: https://example.com/a)", "Days (of AWS: https://example.com/a)"],
])("the cell of %j is %j", (text, cell) => expect(table(["Meaning"], [[text]]).split("\n")[2]).toBe(`| ${cell} |`));
