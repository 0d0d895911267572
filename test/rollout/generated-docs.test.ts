/** The JSON Schema and the tables of settings: up to date, complete, and strict. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describedSchema, type JsonSchema, rolloutJsonSchema } from "../../modules/rollout/json-schema";
import { generatedFiles } from "../../scripts/generate-docs";
import { outdated } from "../../scripts/generated-files";

const root = join(__dirname, "..", "..");

test("what is generated is up to date: npm run docs", () => {
  expect(outdated(root, generatedFiles(root)).map(({ path }) => path)).toEqual([]);
});

describe("the JSON Schema", () => {
  test("describes every key, and tells its default", () => {
    const bare = Object.entries(keysOf(rolloutJsonSchema())).filter(([, { description }]) => !description);
    expect(bare).toEqual([]);
    expect(keysOf(rolloutJsonSchema())["settings.transformer.memoryMb"]).toMatchObject({
      description: expect.stringMatching(/Default: 256\.$/),
      minimum: 128,
      maximum: 10240,
      default: 256,
    });
  });

  test("refuses unknown keys at every level of the file", () => {
    const open = Object.entries(keysOf(rolloutJsonSchema()))
      .filter(([, { properties, additionalProperties }]) => properties && additionalProperties !== false)
      .map(([path]) => path);
    expect(open).toEqual([]);
  });

  test("says no more than an editor knows", () => {
    expect(JSON.stringify(rolloutJsonSchema())).not.toContain('"expects"');
    expect(JSON.stringify(rolloutJsonSchema())).not.toContain('"$id"');
  });
});

test("the tables have a row, or a heading, for each key", () => {
  const page = readFileSync(join(root, "docs", "settings.md"), "utf8");
  const operate = readFileSync(join(root, "docs", "operate.md"), "utf8");
  for (const path of Object.keys(keysOf(describedSchema()))) {
    // Alarms have a table of their own, with a column for each option.
    const [, alarm] = /^settings\.monitoring\.alarms\.(\w+)/.exec(path) ?? [];
    if (alarm !== undefined) {
      expect(operate).toContain(`| [\`${alarm}\`](runbook.md#`);
      continue;
    }
    // The other lists of identity have the same rules as the first.
    const key = path.replace(/^settings\./, "").replace(/^identity\.\w+\[\]/, "identity.user[]");
    const heading = `### \`${key}\``;
    expect(page.includes(`| \`${key}\` |`) || page.includes(heading) ? key : "").toBe(key);
  }
});

/** Every key that is described, by its path. */
function keysOf(schema: JsonSchema, prefix = ""): Record<string, JsonSchema> {
  const within = [schema, ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap(({ properties = {}, items }) => [
    ...Object.entries(properties).flatMap(([key, value]) => [
      [prefix + key, value] as const,
      ...Object.entries(keysOf(value, `${prefix}${key}.`)),
    ]),
    ...(items ? Object.entries(keysOf(items, prefix.replace(/\.$/, "[]."))) : []),
  ]);
  const settings = schema.definitions?.["settings"];
  return Object.fromEntries([...within, ...(settings ? Object.entries(keysOf(settings, "settings.")) : [])]);
}
