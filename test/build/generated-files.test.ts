/** Generated files are found where they are not as they should be, and then written or removed. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bringUpToDate, type GeneratedFile, outdated } from "../../scripts/generated-files";

const other: GeneratedFile = { path: "other.md", content: "as it should be\n" };
const missing: GeneratedFile = { path: "a/folder/missing.zip", content: Buffer.from([80, 75, 255]) };
const leftOver: GeneratedFile = { path: "left-over.json", content: null };
const right: GeneratedFile = { path: "right.md", content: "ä\n" };
const gone: GeneratedFile = { path: "gone.json", content: null };

describe("generated files", () => {
  const root = mkdtempSync(join(tmpdir(), "generated-"));
  const all = [other, missing, leftOver, right, gone];

  beforeAll(() => {
    writeFileSync(join(root, "other.md"), "as it was\n");
    writeFileSync(join(root, "left-over.json"), "{}");
    writeFileSync(join(root, "right.md"), "ä\n");
  });

  afterAll(() => rmSync(root, { recursive: true }));

  it("are outdated where they are other, missing or left over, and are brought up to date", () => {
    expect(outdated(root, all)).toEqual([other, missing, leftOver]);
    expect(outdated(root, all).map((file) => bringUpToDate(root, file))).toEqual([
      "wrote other.md",
      "wrote a/folder/missing.zip",
      "removed left-over.json",
    ]);
    expect(outdated(root, all)).toEqual([]);
    expect(readFileSync(join(root, "a/folder/missing.zip"))).toEqual(missing.content);
    expect(existsSync(join(root, "left-over.json"))).toBe(false);
  });
});
