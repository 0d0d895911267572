/** Every relative link of every document leads to a file, and every anchor to a heading. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../support/rollout";
import { PAGES } from "./commands";

const pages = [...PAGES, "CHANGELOG.md"];
const FENCED = /^ *```[^]*?^ *```$/gm;

/** The anchors that GitHub gives a page: of its headings, numbered if they repeat, and those written by hand. */
function anchorsOf(path: string): Set<string> {
  const text = readFileSync(join(ROOT, path), "utf8");
  const anchors = new Set([...text.matchAll(/<a name="([^"]+)"/g)].map(([, name]) => name!));
  for (const [, heading] of text.replaceAll(FENCED, "").matchAll(/^#+ (.+)$/gm)) {
    const slug = heading!
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** The links of a page that lead nowhere. */
function deadLinks(page: string): string[] {
  const text = readFileSync(join(ROOT, page), "utf8").replaceAll(FENCED, "");
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!.replaceAll("\\", ""));
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [file, anchor] = link.split("#");
      const target = file === "" ? page : join(dirname(page), file!);
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(target).has(anchor);
    });
}

test.each(pages)("%s has no dead link", (page) => {
  expect(deadLinks(page)).toEqual([]);
});

test("the documents have links", () => {
  expect(pages.length).toBeGreaterThan(15);
});
