/** What a user installs. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { ROOT } from "./support/rollout";

describe("the package", () => {
  let paths: string[] = [];
  beforeAll(() => {
    const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
    const { stdout } = spawnSync("npm", args, { cwd: ROOT, encoding: "utf8", timeout: 60_000 });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    paths = files.map(({ path }) => path);
  });

  it("holds modules, types, commands, the functions and the licence, and nothing of the repository", () => {
    expect(paths).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "NOTICE",
        "README.md",
        "dist/cli/main.js",
        "dist/common/log-lines.js",
        "dist/lambda/api-gateway/api-gateway.js",
        "dist/lambda/patterns/pattern-problem.js",
        "dist/lambda/stage-enrollment.zip",
        "dist/lambda/transformer.zip",
        "dist/lambda/transformer/index.mjs",
        "dist/lambda/transformer/settings.d.ts",
        "dist/modules/index.d.ts",
        "dist/modules/index.js",
        "rollout.schema.json",
      ]),
    );
    expect(
      paths.filter((path) =>
        /^(dist\/(local|bench|test|examples|scripts)|cli|common|test|local|node_modules)\//.test(path),
      ),
    ).toEqual([]);
  });

  it("holds every file that another of its files requires", () => {
    const packed = new Set(paths);
    const missing = paths
      .filter((path) => path.endsWith(".js"))
      .flatMap((path) =>
        [...readFileSync(join(ROOT, path), "utf8").matchAll(/require\("(\.[^"]+)"\)/g)].map(([, target]) => {
          const file = join(dirname(path), target!);
          return [`${file}.js`, join(file, "index.js"), file].some((one) => packed.has(one))
            ? undefined
            : `${path}: ${target}`;
        }),
      );
    expect(missing.filter(Boolean)).toEqual([]);
  });

  it("previews with the very files that are deployed", () => {
    const deployed = unzipSync(readFileSync(join(ROOT, "dist", "lambda", "transformer.zip")));
    const shipped = paths.filter((path) => path.endsWith(".mjs"));
    expect(shipped.map((path) => basename(path)).sort()).toEqual(Object.keys(deployed).sort());
    for (const path of shipped) {
      expect(readFileSync(join(ROOT, path)).equals(deployed[basename(path)]!)).toBe(true);
    }
  });

  it("loads the AWS SDK when a command asks AWS, and not before", () => {
    const script = `require("./dist/cli/command-line.js"); console.log(Object.keys(require.cache).join("\\n"))`;
    const { stdout } = spawnSync(process.execPath, ["-e", script], { cwd: ROOT, encoding: "utf8", timeout: 60_000 });
    expect(stdout).toContain(join("dist", "cli", "coverage.js"));
    expect(stdout).not.toContain("@aws-sdk");
  });

  it("has its command as an executable that names its interpreter", () => {
    const { bin } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect(readFileSync(join(ROOT, bin["cdktf-moesif-firehose"]), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});
