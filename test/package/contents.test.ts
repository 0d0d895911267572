/** What a user downloads: each file, how much it is in all, and that nothing of it is missing or idle. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { unzipSync } from "fflate";
import { ROOT } from "../support/rollout";

/** Of the tarball, and of what it unpacks to. */
const MOST_MB = { packed: 3.6, unpacked: 8.2 };
const MOST_KB_OF_A_PICTURE = 150;

interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

describe("the package", () => {
  let packed: Packed;
  let paths: readonly string[] = [];
  beforeAll(() => {
    const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
    const { stdout } = spawnSync("npm", args, { cwd: ROOT, encoding: "utf8", timeout: 5 * 60_000 });
    [packed] = JSON.parse(stdout) as [Packed];
    paths = packed.files.map(({ path }) => path);
  });

  it("holds these files, and nothing else", () => {
    // The chunks of a bundle are named by their content.
    const names = paths.map((path) => path.replace(/chunk-[A-Z0-9]{8}\.mjs$/, "chunk-<hash>.mjs"));
    expect([...new Set(names)].sort().join("\n")).toMatchSnapshot();
  });

  it("is as small as it was", () => {
    expect(packed.size / 1e6).toBeLessThan(MOST_MB.packed);
    expect(packed.unpackedSize / 1e6).toBeLessThan(MOST_MB.unpacked);
  });

  it("has small pictures", () => {
    const pictures = packed.files.filter(({ path }) => /\.(png|svg)$/.test(path));
    expect(pictures.filter(({ size }) => size > MOST_KB_OF_A_PICTURE * 1000)).toEqual([]);
  });

  it("has no dead link in a page", () => {
    const pages = paths.filter((path) => path.endsWith(".md"));
    expect(pages.length).toBeGreaterThan(10);
    expect(pages.flatMap((page) => deadLinks(page, paths))).toEqual([]);
  });

  // A module registry knows that folder alone.
  it("has no link that leads out of the Terraform module", () => {
    const module = paths.filter((path) => path.startsWith("terraform/"));
    const pages = module.filter((path) => path.endsWith(".md"));
    expect(pages.flatMap((page) => deadLinks(page, module))).toEqual([]);
  });

  it("holds every file that another of its files requires, and no code that nothing requires", () => {
    const { reached, missing } = reach(["dist/modules/index.js", "dist/cli/main.js"], ".js");
    expect(missing).toEqual([]);
    expect(paths.filter((path) => path.endsWith(".js") && !reached.has(path) && hasCode(path))).toEqual([]);
  });

  it("holds every type that its public face names", () => {
    expect(reach(["dist/modules/index.d.ts"], ".d.ts").missing).toEqual([]);
  });

  it("maps all its code to a source that the map holds, and to no path of the machine that built it", () => {
    for (const path of paths.filter((one) => one.endsWith(".js"))) {
      expect(read(path)).toContain(`//# sourceMappingURL=${basename(path)}.map`);
      expect(paths).toContain(`${path}.map`);
      const { sources, sourcesContent, sourceRoot } = JSON.parse(read(`${path}.map`));
      const source = path.replace(/^dist\//, "").replace(/\.js$/, ".ts");
      expect(sources.map((one: string) => join(dirname(path), one))).toEqual([source]);
      expect(sourcesContent).toEqual([read(source)]);
      expect(sourceRoot ?? "").toBe("");
    }
  });

  it.each(["transformer", "redrive"])("runs as commands the very files that are deployed of %s", (name) => {
    const deployed = unzipSync(readFileSync(join(ROOT, "dist", "lambda", `${name}.zip`)));
    const shipped = paths.filter((path) => path.startsWith(`dist/lambda/${name}/`) && path.endsWith(".mjs"));
    expect(shipped.map((path) => basename(path)).sort()).toEqual(Object.keys(deployed).sort());
    for (const path of shipped) {
      expect(readFileSync(join(ROOT, path)).equals(deployed[basename(path)]!)).toBe(true);
    }
  });

  it("loads what reads a rollout file when there is one to read, and not before", () => {
    const loaded = loadedBy("dist/modules/index.js");
    expect(loaded).toContain(join("modules", "pipeline", "moesif-pipeline.js"));
    expect(loaded).not.toMatch(/node_modules\/yaml|parse-rollout|settings-schema|commander|cli-table3|@aws-sdk/);
    // The index of the bindings loads all 2,213 of its modules.
    expect(loaded).not.toMatch(/@cdktf\/provider-aws\/lib\/(lazy-)?index\.js/);
    const reading = `try { require("./dist/modules").rollOut(null, "rollout.yaml") } catch {}`;
    expect(loadedBy("dist/modules/index.js", reading)).toContain("parse-rollout");
  });

  it("loads the AWS SDK when a command asks AWS, and not before", () => {
    const loaded = loadedBy("dist/cli/command-line.js");
    expect(loaded).toContain(join("dist", "cli", "coverage.js"));
    expect(loaded).not.toContain("@aws-sdk");
  });

  it("says how to have the successor of cdktf that it is tested with", () => {
    const { dependencies } = JSON.parse(read("test/bindings/cdktn/package.json"));
    expect(read("docs/constructs.md")).toContain(`"cdktf": "${dependencies.cdktf}"`);
  });

  it("has its command as an executable that names its interpreter", () => {
    const { bin } = JSON.parse(read("package.json"));
    expect(read(bin["cdktf-moesif-firehose"])).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  /** Which files of the package lead on from the entries, and what they name that is not in it. */
  function reach(entries: readonly string[], extension: ".js" | ".d.ts") {
    const all = new Set(paths);
    const reached = new Set<string>();
    const missing: string[] = [];
    const waiting = [...entries];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (reached.has(path)) continue;
      reached.add(path);
      for (const [, target] of read(path).matchAll(/(?:require\(|import\(|from )"(\.[^"]*)"/g)) {
        const file = join(dirname(path), target!);
        const found = [`${file}${extension}`, join(file, `index${extension}`)].find((one) => all.has(one));
        if (found) waiting.push(found);
        else missing.push(`${path}: ${target}`);
      }
    }
    return { reached, missing };
  }
});

/** The relative links of a page that lead to none of some files, or to no heading of it. */
function deadLinks(page: string, files: readonly string[]): string[] {
  const links = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  return links
    .filter((link) => !/^(https?|mailto):/.test(link))
    .filter((link) => {
      const [path, anchor] = link.replaceAll("\\", "").split("#");
      const file = path === "" ? page : normalize(join(dirname(page), path!));
      if (!files.some((one) => one === file || one.startsWith(`${file.replace(/\/$/, "")}/`))) return true;
      return anchor !== undefined && !anchorsOf(read(file)).has(anchor);
    })
    .map((link) => `${page}: ${link}`);
}

/** As GitHub makes them of headings, and those that are written out. */
function anchorsOf(text: string): Set<string> {
  const headings = [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/\]\(.*?\)/g, "")
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, "")
      .replaceAll(" ", "-"),
  );
  return new Set([...headings, ...[...text.matchAll(/<a name="(.*?)">/g)].map(([, name]) => name!)]);
}

function withoutCode(text: string): string {
  return text.replaceAll(/^ *```[^]*?^ *```$/gm, "");
}

/** Some files declare types alone. */
function hasCode(path: string): boolean {
  return (
    read(path)
      .replace(/^"use strict";|^Object\.defineProperty\(exports, "__esModule".*|^\/[/*].*/gm, "")
      .trim() !== ""
  );
}

/** The files that a process has loaded after it required a file, a line each. */
function loadedBy(file: string, more = ""): string {
  const script = `require("./${file}"); ${more}; console.log(Object.keys(require.cache).join("\\n"))`;
  const { stdout } = spawnSync(process.execPath, ["-e", script], { cwd: ROOT, encoding: "utf8", timeout: 5 * 60_000 });
  return stdout;
}
