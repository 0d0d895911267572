/**
 * Writes the generated files: the JSON Schema of the rollout file, the tables of settings, the examples that documents show,
 * and the generated parts of the Terraform module. With `--check` it writes nothing, and fails if a committed file differs.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describedSchema, type JsonSchema, rolloutJsonSchema } from "../modules/rollout/json-schema";
import { ALARMS } from "../modules/monitoring/alarms";
import { ALARM_KEYS, ALARM_SETTINGS, type AlarmSetting, kebab } from "../modules/settings/monitoring";
import { apiPage } from "./api";
import { checksPage } from "./checks";
import { withCommandTables } from "./command-tables";
import { costPage } from "./cost";
import { generate, type GeneratedFile } from "./generated-files";
import { code, table, withFiles } from "./markdown";
import { permissionsPage, policyFile } from "./permissions";
import { terraformFiles } from "./terraform-docs";

const COMMANDS = join("docs", "cli.md");
const OPERATE = join("docs", "operate.md");
const SETTINGS = join("docs", "settings.md");
const PERMISSIONS = join("docs", "permissions.md");
const COST = join("docs", "cost.md");
/** Other pages that show files of the repository. */
const PAGES_WITH_FILES = ["constructs.md", "overriding.md", "stages.md"].map((page) => join("docs", page));

/** The generated files of a package, as they should be. */
export function generatedFiles(root: string): GeneratedFile[] {
  return [
    { path: "rollout.schema.json", content: `${JSON.stringify(rolloutJsonSchema(), null, 2)}\n` },
    { path: SETTINGS, content: settingsPage(pageWithFiles(root, SETTINGS), describedSchema()) },
    { path: OPERATE, content: operatePage(readFileSync(join(root, OPERATE), "utf8")) },
    { path: COMMANDS, content: withCommandTables(pageWithFiles(root, COMMANDS)) },
    { path: "docs/api.md", content: apiPage(root).content },
    { path: PERMISSIONS, content: permissionsPage(pageWithFiles(root, PERMISSIONS), root) },
    { path: "docs/deploy-policy.json", content: policyFile(root) },
    { path: COST, content: costPage(pageWithFiles(root, COST)) },
    { path: "docs/checks.md", content: checksPage(root) },
    ...PAGES_WITH_FILES.map((path) => ({ path, content: pageWithFiles(root, path) })),
    ...terraformFiles(root),
  ];
}

function pageWithFiles(root: string, path: string): string {
  return withFiles(readFileSync(join(root, path), "utf8"), root);
}

/** A page whose tables of settings, each between two comments, are brought up to date; the text around them is by hand. */
function settingsPage(page: string, schema: JsonSchema): string {
  const settings = schema.definitions?.["settings"] ?? {};
  const sections = Object.entries(settings.properties ?? {});
  const isSection = ([, section]: [string, JsonSchema]) => section.properties !== undefined;
  const withoutSection = sections.filter((entry) => !isSection(entry));
  const tables = new Map([
    ["file", settingsTable(schema)],
    ["settings", settingsTable({ ...settings, properties: Object.fromEntries(withoutSection) })],
    ...sections
      .filter(isSection)
      .map(([key, section]): [string, string] => [
        key,
        `${section.description}\n\n${settingsTable(section, `${key}.`)}`,
      ]),
  ]);
  const filled = page.replace(
    /(<!-- table: (\w+) -->\n\n)[^]*?(?=\n<!-- end of table -->)/g,
    (_, head: string, name: string) => {
      const content = tables.get(name);
      if (content === undefined) throw new Error(`${SETTINGS}: no section "${name}"`);
      tables.delete(name);
      return head + content;
    },
  );
  if (tables.size > 0) throw new Error(`${SETTINGS} has no table of: ${[...tables.keys()].join(", ")}`);
  return filled;
}

/** The page with its table of alarms. */
function operatePage(page: string): string {
  const rows = ALARM_KEYS.map((key) => {
    const { threshold, minutes }: AlarmSetting = ALARM_SETTINGS[key];
    const { says, fires = "above" } = ALARMS[key];
    return [
      `[${code(key)}](runbook.md#${kebab(key)})`,
      says,
      threshold === undefined ? "" : `${fires} ${code(`${threshold.otherwise}`)} (${threshold.limit.unit})`,
      minutes === undefined ? "" : code(`${minutes}`),
    ];
  });
  const content = table(["Alarm", "What has happened", "`threshold`", "`minutes`"], rows);
  return page.replace(
    /(<!-- table: alarms -->\n\n)[^]*?(?=\n<!-- end of table -->)/,
    (_, head: string) => head + content,
  );
}

function settingsTable(schema: JsonSchema, prefix = ""): string {
  return table(["Key", "Value", "Default", "Meaning"], rowsOf(schema, prefix));
}

/** The rows of a map's keys, in depth; settings within the file have tables of their own. */
function rowsOf(schema: JsonSchema, prefix: string): string[][] {
  /** Lists by what their elements are: the elements of another list like one before are not repeated. */
  const lists = new Map<string, string>();
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const inner = rowsWithin(elements(value) ?? {}, "");
    const form = JSON.stringify(inner);
    const first = inner.length > 0 ? lists.get(form) : undefined;
    if (first === undefined) lists.set(form, `${prefix}${key}`);
    const [name, what, ...rest] = rowOf(key, value, schema, prefix) as [string, string, string, string];
    return [
      [name, first === undefined ? what : `a list of the same rules as ${code(first)}`, ...rest],
      // Alarms have a table of their own.
      ...(key === "alarms" ? [] : rowsWithin(value, `${prefix}${key}.`)),
      ...(first === undefined ? rowsWithin(elements(value) ?? {}, `${prefix}${key}[].`) : []),
    ];
  });
}

function rowsWithin(schema: JsonSchema, prefix: string): string[][] {
  return [...rowsOf(schema, prefix), ...rowsOf(alternatives(schema), prefix)];
}

function rowOf(key: string, value: JsonSchema, parent: JsonSchema, prefix = ""): string[] {
  const otherwise = value.default === undefined ? "" : code(JSON.stringify(value.default));
  const meaning = value.description ?? "";
  return [code(prefix + key), valueOf(value), parent.required?.includes(key) ? "required" : otherwise, meaning];
}

function valueOf(schema: JsonSchema): string {
  if (schema.expects) return schema.expects;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return `one of ${schema.enum.join(", ")}`;
  if (schema.type === "boolean") return "true or false";
  const element = elements(schema);
  if (element) {
    const what = valueOf(element);
    const each = what === "a map" ? "" : `, each ${what}`;
    return `a list${each}${schema.maxItems === undefined ? "" : `, at most ${schema.maxItems} entries`}`;
  }
  if (schema.allOf) return "settings";
  if (typeof schema.additionalProperties === "object") {
    return schema.additionalProperties.type === "string" ? "a map of names and texts" : "a map of names and any JSON";
  }
  return "a map";
}

function elements(schema: JsonSchema): JsonSchema | undefined {
  return schema.items ?? schema.anyOf?.find(({ items }) => items)?.items;
}

/** A union of maps as one map: a key takes what any of them takes, and says of each what it expects. */
function alternatives({ oneOf = [], anyOf = [] }: JsonSchema): JsonSchema {
  const maps = [...oneOf, ...anyOf].filter(({ properties }) => properties);
  if (maps.length === 1) return maps[0]!;
  const keys = [...new Set(maps.flatMap(({ properties }) => Object.keys(properties!)))];
  const properties = keys.map((key): [string, JsonSchema] => {
    const those = maps.flatMap(({ properties }) => properties![key] ?? []);
    const choices = those.flatMap((one) => one.enum ?? (one.const === undefined ? [] : [one.const]));
    return [
      key,
      {
        description: unlike(those.map(({ description }) => description)),
        ...(choices.length > 0 ? { enum: choices } : { expects: unlike(those.map(({ expects }) => expects)) }),
      },
    ];
  });
  return {
    properties: Object.fromEntries(properties),
    required: keys.filter((key) => maps.every(({ required }) => required?.includes(key))),
  };
}

function unlike(texts: readonly (string | undefined)[]): string {
  return [...new Set(texts)].join(" Or: ");
}

if (require.main === module) generate(generatedFiles, "is not up to date: run `npm run docs`");
