/** The parts of the README that are taken from elsewhere: the examples as they are run, and the settings' table. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonSchema } from "../modules/rollout/json-schema";
import { code, table } from "./markdown";

/** The README of a package, with its taken parts brought up to date. */
export function readme(root: string, schema: JsonSchema): string {
  return withFiles(readFileSync(join(root, "README.md"), "utf8"), root).replace(
    /(<!-- settings -->\n)[^]*?(?=<!-- end of settings -->)/,
    (_, head: string) => head + defaultsTable(schema),
  );
}

/** A page with the files that it shows brought up to date; they are named from a folder. */
export function withFiles(page: string, folder: string): string {
  return page.replace(/(<!-- file: (\S+) -->\n```\w*\n)[^]*?(?=```)/g, (_, head: string, path: string) =>
    head.concat(readFileSync(join(folder, path), "utf8")),
  );
}

/** Every setting that has a default, with the first sentence of what is said of it. */
function defaultsTable(schema: JsonSchema): string {
  const settings = Object.entries(schema.definitions?.["settings"]?.properties ?? {});
  const rows = settings
    .flatMap(([key, value]): [string, JsonSchema][] => [
      [key, value],
      ...Object.entries(value.properties ?? {}).map(([inner, one]): [string, JsonSchema] => [`${key}.${inner}`, one]),
    ])
    .filter(([, { default: otherwise }]) => otherwise !== undefined)
    .map(([key, { default: otherwise, description = "" }]) => {
      const [meaning = ""] = /^.*?\.(?=\s|$)/.exec(description) ?? [];
      const literal = typeof otherwise === "string" ? otherwise : JSON.stringify(otherwise);
      return [code(key), code(literal), meaning];
    });
  return table(["Setting", "Default", "Meaning"], rows);
}
