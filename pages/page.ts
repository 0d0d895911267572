/** The frame of every page: one file that asks for nothing, runs no script, and fits any screen, light or dark. */
import { createHash } from "node:crypto";
import { type Content, html, Html } from "./html";
import { STYLE } from "./style";

/** What a page consists of. */
export interface Page {
  readonly title: string;
  /** One sentence below the title. */
  readonly lead?: Content;
  readonly sections: readonly Html[];
  /** Rules of this page, in addition to those of all. */
  readonly style?: string;
}

/** Nothing may be loaded or run, whatever a value of the log holds. The icon keeps browsers from asking for one. */
function policyOf(style: string): string {
  const hash = createHash("sha256").update(style).digest("base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
}

/** The text of the file. */
export function page({ title, lead, sections, style = "" }: Page): string {
  const rules = STYLE + style;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Html(policyOf(rules))}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${new Html(`<style>${rules}</style>`)}
      </head>
      <body>
        <main>
          <header>
            <h1>${title}</h1>
            ${lead !== undefined && html`<p>${lead}</p>`}
          </header>
          ${sections.map((one) => html`${one} `)}
        </main>
      </body>
    </html> `.text;
}

/** A part of the page under a heading. */
export function section(title: string, content: Content, note?: Content): Html {
  return html`<section>
    <h2>${title}</h2>
    ${note !== undefined && html`<p class="note">${note}</p>`} ${content}
  </section>`;
}

/** One figure of the top of the page. */
export interface Fact {
  readonly name: string;
  readonly value: Content;
  /** Smaller, below. */
  readonly detail?: Content;
  readonly tone?: "good" | "warn" | "bad";
}

/** The figures that say most. */
export function facts(list: readonly Fact[]): Html {
  return html`<dl class="facts">
    ${list.map(({ name, value, detail, tone }) => html`<div><dt>${name}</dt><dd${tone && html` class="${tone}"`}>${value}</dd>${detail !== undefined && html`<dd class="note">${detail}</dd>`}</div>`)}
  </dl>`;
}

/** A column of a table. */
export interface TableColumn {
  readonly title: string;
  /** Numbers stand to the right. `wide` is a bar or a chart. */
  readonly kind?: "number" | "wide" | "text";
}

/**
 * A table that scrolls by itself where the screen is narrow.
 *
 * @param rows each begins with what it is about
 */
export function table(caption: string, head: readonly TableColumn[], rows: readonly (readonly Content[])[]): Html {
  const classOf = (index: number) => head[index]!.kind !== undefined && html` class="${head[index]!.kind}"`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption class="hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map(({ title }, index) => (title === "" ? html`<td></td>` : html`<th scope="col" ${classOf(index)}>${title}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell, index) => (index === 0 ? html`<th scope="row" ${classOf(0)}>${cell}</th>` : html`<td${classOf(index)}>${cell}</td>`))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}
