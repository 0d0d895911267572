/** The table of the architecture in CONTRIBUTING.md says what lint enforces: which folder may import from which. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ROOT } from "../support/rollout";

interface Row {
  readonly folder: string;
  /** Folders, with a slash at the end, and files. */
  readonly allowed: readonly string[];
}

/** `a/{b,c}.ts` as `a/b.ts` and `a/c.ts`. */
function expanded(path: string): string[] {
  const [, before, choices, after] = /^(.*)\{(.+)\}(.*)$/.exec(path) ?? [];
  return choices === undefined ? [path] : choices.split(",").map((choice) => `${before}${choice}${after}`);
}

const paths = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, path]) => expanded(path!));

const [, section = ""] = readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8").split("\n## Architecture\n");
const rows: Row[] = [...section.matchAll(/^\| `([^`]+)` \|.*\| (.+) \|$/gm)].map(([, folder, cell]) => ({
  folder: folder!,
  allowed: paths(cell!),
}));

const filesIn = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true })
    .map((name) => `${folder}/${String(name)}`)
    .filter((name) => name.endsWith(".ts"));
const files = ["modules", "lambda", "cli", "local", "pages", "common", "bench"].flatMap(filesIn);

const isWithin = (file: string, place: string) => (place.endsWith("/") ? file.startsWith(place) : file === place);

/** How a file of a folder imports one of another: the index of `modules/` by its folder. */
function specifier(folder: string, file: string): string {
  const from = folder.endsWith("/") ? folder : `${dirname(folder)}/`;
  const path = relative(from, file.replace(/\.ts$/, "").replace(/^modules\/index$/, "modules"));
  return path.startsWith(".") ? path : `./${path}`;
}

const LINT = `
  import { ESLint } from "eslint";
  import { text } from "node:stream/consumers";
  const eslint = new ESLint({ overrideConfig: { rules: { "max-lines": "off" } } });
  const results = [];
  for (const { filePath, code } of JSON.parse(await text(process.stdin))) {
    const [{ messages }] = await eslint.lintText(code, { filePath });
    results.push(messages.map(({ line, ruleId, message }) => ({ line, ruleId, message })));
  }
  console.log(JSON.stringify(results));
`;

test("the table names the folders", () => {
  expect(rows.map(({ folder }) => folder)).toEqual(
    expect.arrayContaining(["main.ts", "modules/", "lambda/transformer/", "lambda/s3-location.ts", "cli/", "scripts/"]),
  );
});

test("lint accepts in each folder the imports that the table lists, and no others", () => {
  const tries = rows.map((row) => {
    const others = files.filter((file) => !isWithin(file, row.folder));
    const code = others.map((file) => `import "${specifier(row.folder, file)}";`).join("\n");
    const filePath = join(ROOT, row.folder.endsWith("/") ? `${row.folder}new.ts` : row.folder);
    return { row, others, filePath, code };
  });
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", LINT], {
    cwd: ROOT,
    input: JSON.stringify(tries),
    encoding: "utf8",
    timeout: 5 * 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(stderr).toBe("");
  const results = JSON.parse(stdout) as { readonly line: number; readonly ruleId: string }[][];
  for (const [n, { row, others }] of tries.entries()) {
    const refused = new Set(results[n]!.map(({ line }) => others[line - 1]!));
    const taken = others.filter((file) => !refused.has(file));
    const said = others.filter((file) => row.allowed.some((place) => isWithin(file, place)));
    expect({ folder: row.folder, taken }).toEqual({ folder: row.folder, taken: said });
  }
});
