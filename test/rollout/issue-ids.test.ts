/** Every id of an issue is in the list of which docs/checks.md is made, which fails where one has no example. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ISSUE_IDS } from "../../modules/settings/issue-ids";
import { checksPage } from "../../scripts/checks";
import { ROOT } from "../support/rollout";

const listed = Object.values(ISSUE_IDS).flatMap((ids) => Object.entries(ids));

/** What refinements of zod pass is of no type that the compiler could hold to the list. */
test("the ids of refinements are in the list", () => {
  const folder = join(ROOT, "modules", "settings");
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  const ids = texts.flatMap((text) => [...text.matchAll(/params\b.* \{ id: "([a-z0-9-]+)"/g)].map(([, id]) => id));
  expect(ids.length).toBeGreaterThan(5);
  expect(listed.map(([id]) => id)).toEqual(expect.arrayContaining(ids));
});

describe("docs/checks.md", () => {
  const page = checksPage(ROOT);

  it.each(listed)("has %s, with what it is about and its message", (id, about) => {
    const [section] = page.split(`\n### ${id}\n`)[1]?.split(/\n##/) ?? [];
    expect(section).toContain(`\n${about}\n`);
    expect(section).toMatch(new RegExp(` {2}\\[${id}\\]\n(?:.*\\|.*\n)*  fix: `));
  });
});
