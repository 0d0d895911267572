/** A report as a page of HTML: one file that asks for nothing. */
import { html as markup, type Html } from "../../pages/html";
import { page as pageOf, table } from "../../pages/page";
import { describeIssue } from "../../modules";
import type { Block, Report } from "../report";

export function html({ page, blocks }: Report): string {
  if (page) return page();
  const [first, ...rest] = blocks;
  const isTitle = first?.kind === "heading";
  return pageOf({ title: isTitle ? first.text : "Report", sections: (isTitle ? rest : blocks).map(htmlOf) });
}

function htmlOf(block: Block): Html {
  switch (block.kind) {
    case "heading":
      return markup`<h2>${block.text}</h2>`;
    case "paragraph":
      return markup`<p>${block.text}</p>`;
    case "list":
      return markup`<ul>${block.items.map((item) => markup`<li>${item}</li>`)}</ul>`;
    case "issues":
      return markup`<ul>${block.issues.map((issue) => markup`<li class="lines">${describeIssue(issue)}</li>`)}</ul>`;
    case "code":
      return markup`<pre tabindex="0">${block.text}</pre>`;
    case "table": {
      const columns = block.columns.map(({ title, align }) => ({
        title,
        ...(align === "right" && { kind: "number" as const }),
      }));
      return table(columns.map(({ title }) => title).join(", "), columns, block.rows);
    }
  }
}
