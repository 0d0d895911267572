/** Exit codes are the same in every command, in its `--help` and in the README; each is what the built command ends with. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT, EXIT_MEANINGS } from "../../common/exit-codes";
import { restAccessLogFormat } from "../../modules";
import { ROOT } from "../support/rollout";
import { file, recentLog } from "./support";

const ROLLOUT = join(ROOT, "rollout.yaml");
/** Nothing listens there, and there are no credentials. */
const NO_AWS = {
  AWS_CONFIG_FILE: "none",
  AWS_SHARED_CREDENTIALS_FILE: "none",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_ENDPOINT_URL: "http://127.0.0.1:9",
};

function run(...args: readonly string[]) {
  const { PATH, HOME } = process.env;
  return spawnSync(process.execPath, [join(ROOT, "dist", "cli", "main.js"), ...args], {
    cwd: ROOT,
    env: { PATH, HOME, ...NO_AWS },
    encoding: "utf8",
    timeout: 5 * 60_000,
  });
}

const log = file(JSON.stringify(recentLog()));

it.each<[keyof typeof EXIT, readonly string[]]>([
  ["done", ["--help"]],
  ["done", ["synth", ROLLOUT, "--check"]],
  ["done", ["preview", log, "--rollout", ROLLOUT]],
  ["done", ["check-format", restAccessLogFormat(), "--type", "REST"]],
  ["found", ["check-format", "{}", "--type", "REST"]],
  ["wrongInput", ["sinth"]],
  ["wrongInput", ["synth", "no.yaml"]],
  ["wrongInput", ["preview", "no.log"]],
  ["wrongInput", ["coverage", "--rollout", "no.yaml"]],
  ["wrongInput", ["verify", "--rollout", "no.yaml"]],
  ["wrongInput", ["check-format", "no.json", "--type", "REST"]],
  ["noAccess", ["verify", "--rollout", ROLLOUT, "--json"]],
  ["noAccess", ["coverage", "--rollout", ROLLOUT, "--reporter", "markdown"]],
])("%s: %j", (code, args) => {
  expect(run(...args).status).toBe(EXIT[code]);
});

it("a warning of the rollout file changes none, and is printed by every command that reads it", () => {
  const warned = file(
    readFileSync(ROLLOUT, "utf8").replace(
      "defaults:\n",
      "defaults:\n  redaction: { fields: { remove: [emailAddress] } }\n",
    ),
  );
  for (const [code, ...args] of [
    [EXIT.done, "synth", warned, "--check"],
    [EXIT.done, "preview", log, "--rollout", warned],
    [EXIT.noAccess, "coverage", "--rollout", warned],
  ] as const) {
    const { status, stderr } = run(...args);
    expect(status).toBe(code);
    expect(stderr).toContain(`Warning: ${warned}:`);
    expect(stderr).toContain("[unknown-record-key]");
  }
});

const TABLE = (Object.keys(EXIT) as (keyof typeof EXIT)[]).map((name) => [EXIT[name], EXIT_MEANINGS[name]] as const);

it.each([[], ["synth"], ["preview"], ["coverage"], ["verify"], ["check-format"]].map((command) => [command]))(
  "--help of %j lists them",
  (command) => {
    const { stdout } = run(...command, "--help");
    for (const [code, meaning] of TABLE) {
      expect(stdout).toMatch(new RegExp(`^ {2}${code} +(${meaning}|found: .+)$`, "m"));
    }
  },
);

it("the README lists them", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  for (const [code, meaning] of TABLE) expect(readme).toContain(`| ${code} | ${meaning} |`);
});
