/**
 * Runs the modules' tests with OpenTofu, which takes no mocks from files: in a copy, they stand in each test.
 * https://github.com/opentofu/opentofu/issues/1778
 *   node scripts/tofu-test.mjs
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const TIMEOUT_MS = 20 * 60_000;
const SOURCE = /^ {2}source = "(.*)"\n/gm;

const copy = mkdtempSync(join(tmpdir(), "tofu-"));
try {
  cpSync("terraform", copy, { recursive: true, filter: (path) => !path.includes(".terraform") });
  const modules = readdirSync(join(copy, "modules")).map((name) => join(copy, "modules", name));
  for (const folder of [copy, ...modules]) test(folder);
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function test(folder) {
  for (const file of readdirSync(join(folder, "tests")).filter((name) => name.endsWith(".tftest.hcl"))) {
    const path = join(folder, "tests", file);
    const withMocks = readFileSync(path, "utf8").replaceAll(/^mock_provider .*?^\}/gms, (block) =>
      block.replace(SOURCE, (_, source) => mocksIn(join(folder, source))),
    );
    writeFileSync(path, withMocks);
  }
  for (const args of [["init", "-input=false"], ["test"]]) {
    console.log(`\n# tofu ${args.join(" ")} in ${folder.slice(dirname(copy).length + 1)}`);
    execFileSync("tofu", args, { cwd: folder, stdio: "inherit", timeout: TIMEOUT_MS });
  }
}

function mocksIn(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith(".tfmock.hcl"));
  return files.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
}
