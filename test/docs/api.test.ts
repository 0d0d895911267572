/** docs/api.md describes every export and its members by their doc comments. */
import * as moesif from "../../modules";
import { apiPage } from "../../scripts/api";
import { ROOT } from "../support/rollout";

const { content, described } = apiPage(ROOT);

test("every value that is exported has a section", () => {
  const headings = [...content.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
  expect(headings).toEqual(expect.arrayContaining(Object.keys(moesif)));
  expect(headings.length).toBeGreaterThan(80);
});

test("every export and each of its members has a sentence", () => {
  const without = described.filter(({ text }) => !/\w{2}.*[.:)`]$/s.test(text.trim()));
  expect(without.map(({ name }) => name)).toEqual([]);
});
