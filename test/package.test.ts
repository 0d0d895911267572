/** What a user installs. */
import { spawnSync } from "node:child_process";
import { ROOT } from "./support/rollout";

it("the package holds modules, types, the transformer's zip and the licence, and nothing of the repository", () => {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const { stdout } = spawnSync("npm", args, { cwd: ROOT, encoding: "utf8", timeout: 60_000 });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      "LICENSE",
      "NOTICE",
      "README.md",
      "dist/lambda/transformer.zip",
      "dist/lambda/transformer/settings.d.ts",
      "dist/modules/index.d.ts",
      "dist/modules/index.js",
      "rollout.schema.json",
    ]),
  );
  expect(
    paths.filter((path) => /^(dist\/(local|bench|test|examples|scripts)|test|local|node_modules)\//.test(path)),
  ).toEqual([]);
});
