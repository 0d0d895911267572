/** The one place that escapes: nothing that a log or a name holds becomes markup. */
import fc from "fast-check";
import { html } from "../../pages/html";

it("escapes what is put into a template, but HTML itself", () => {
  const name = `<b title='x'>"&amp;`;
  expect(html`<td>${name}</td>`.text).toBe("<td>&lt;b title=&#39;x&#39;&gt;&quot;&amp;amp;</td>");
  const cells = [1, 2].map((cell) => html`<td>${cell}</td>`);
  expect(html`<i>${cells}${undefined}${false}</i>`.text).toBe("<i><td>1</td><td>2</td></i>");
});

it("shows control and bidirectional characters as their codes", () => {
  expect(html`${"a\u202eb\u0000c\u2028\ud800"}`.text).toBe("a\\u202eb\\u0000c\\u2028\\ud800");
});

it("lets no text out of an element or an attribute", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const { text: written } = html`<i title="${text}">${text}</i>`;
      expect(written.replace(/&(?:amp|lt|gt|quot|#39);/g, "")).toMatch(/^<i title="[^<>"'&]*">[^<>"'&]*<\/i>$/);
    }),
  );
});
