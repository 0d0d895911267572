/** `rollOut` in an app of one's own: what it prints, and what it leaves. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../support/rollout";

const folder = mkdtempSync(join(tmpdir(), "roll-out-"));
const temporary = join(folder, "tmp");
mkdirSync(temporary);
symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
afterAll(() => rmSync(folder, { recursive: true }));

const GOOD = `version: 1
defaults: { applicationId: { secretName: moesif } }
accounts:
  - { id: "111111111111", name: production, regions: [{ name: us-east-1 }] }
`;
const APP = 'const app = new App(); rollOut(app, "rollout.yaml"); app.synth();';

/** Runs an app in a folder of its own. */
function run(name: string, rollout: string, { app = APP, extension = "cjs", env = {} } = {}) {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "rollout.yaml"), rollout);
  const imports = { App: "cdktf", rollOut: join(ROOT, "dist", "modules", "index.js") };
  const lines = Object.entries(imports).map(([names, from]) =>
    extension === "mjs"
      ? `import _${names} from "${from}"; const { ${names} } = _${names};`
      : `const { ${names} } = require("${from}");`,
  );
  const file = join(home, `app.${extension}`);
  writeFileSync(file, [...lines, app].join("\n"));
  const { CDKTF_OUTDIR: _, ...outer } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
    cwd: home,
    env: { ...outer, TMPDIR: temporary, ...env },
    encoding: "utf8",
    timeout: 5 * 60_000,
  });
  return { status, stdout, stderr, left: readdirSync(home).filter((entry) => !/^(app\.|rollout\.yaml)/.test(entry)) };
}

const MESSAGE = `rollout.yaml:4:11  accounts[0].id: invalid value "1"  [invalid-value]
  4 |   - { id: "1", name: production, regions: [{ name: us-east-1 }] }
    |           ^
  fix: write an AWS account id of 12 digits; an account id may begin with 0: write it in quotes`;

describe("of a file with issues", () => {
  const bad = GOOD.replace("111111111111", "1");

  it("the uncaught error is the message alone, and nothing is left", () => {
    const { status, stdout, stderr, left } = run("bad", bad);
    expect({ status, stdout, stderr, left }).toEqual({ status: 2, stdout: "", stderr: `${MESSAGE}\n`, left: [] });
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("the same in an ECMAScript module", () => {
    const { status, stderr, left } = run("bad-module", bad, { extension: "mjs" });
    expect({ status, stderr, left }).toEqual({ status: 2, stderr: `${MESSAGE}\n`, left: [] });
  });

  it("a handler of the app for uncaught errors gets the error, and prints the message only", () => {
    const handler = 'process.on("uncaughtException", (error) => { console.error(error); process.exit(5); });';
    const { status, stderr } = run("handled", bad, { app: `${handler}\n${APP}` });
    expect({ status, stderr }).toEqual({ status: 5, stderr: `${MESSAGE}\n` });
  });

  it("an app that catches it fails as usual by another error", () => {
    const app = `try { ${APP} } catch {} setTimeout(() => { throw new TypeError("other"); }, 10);`;
    const { status, stderr } = run("other", bad, { app });
    expect(stderr).toContain("TypeError: other\n    at ");
    expect(status).toBe(1);
  });

  it("code that catches the error has the message and the issues", () => {
    const app = `try { ${APP} } catch (error) {
      console.log(error.name, error instanceof Error, error.issues.map(({ id, line }) => [id, line]));
      console.log(error.message);
    }`;
    const { stdout, status } = run("caught", bad, { app });
    expect(stdout).toContain("RolloutError true [ [ 'invalid-value', 4 ] ]\nrollout.yaml:4:11  accounts[0].id");
    expect(status).toBe(0);
  });
});

it("leaves the output of an earlier run as it is", () => {
  run("again", GOOD);
  expect(run("again", GOOD.replace("111111111111", "1")).left).toEqual(["cdktf.out"]);
  expect(readdirSync(join(folder, "again", "cdktf.out", "stacks"))).toEqual(["moesif-production-us-east-1"]);
});

it("prints no warning where there is none", () => {
  expect(run("good", GOOD)).toEqual({ status: 0, stdout: "", stderr: "", left: ["cdktf.out"] });
});

describe("warnings", () => {
  it("of the file are printed with their line", () => {
    const { status, stderr } = run("file", GOOD.replace("defaults: {", "defaults: { metadata: { team: '${TEAM}' },"));
    expect(stderr).toBe(
      `Warning: rollout.yaml:2:31  defaults.metadata.team: nothing is interpolated in this file: "\${TEAM}" is taken as it is written  [interpolation]
  2 | defaults: { metadata: { team: '\${TEAM}' }, applicationId: { secretName: moesif } }
    |                               ^
  fix: write the value itself, or fill in the file before it is read, for example with envsubst
`,
    );
    expect(status).toBe(0);
  });

  const key = "arn:aws:kms:us-east-1:111111111111:key/1";
  const warned = GOOD.replace("defaults: {", `defaults: { delivery: { kmsKeyArn: "${key}" },`);

  it("of the constructs are printed when the app is synthesized", () => {
    expect(run("constructs", warned).stderr).toMatch(
      /^Warning: moesif-production-us-east-1\/pipeline\/\S+: kmsKeyArn: .*\n$/,
    );
  });

  it("of the constructs are left to the CLI of cdktf where it runs the app", () => {
    const { stderr, status } = run("cli", warned, { env: { CDKTF_OUTDIR: "out" } });
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  });

  it("tell of stacks that have left the rollout, and not of the app's own", () => {
    const app = `const { TerraformStack } = require("cdktf"); ${APP.replace("app.synth", 'new TerraformStack(app, "own"); app.synth')}`;
    run("left", GOOD, { app });
    expect(run("left", GOOD.replace("us-east-1", "eu-west-1")).stderr).toBe(
      "Warning: cdktf.out/stacks/moesif-production-us-east-1: no longer in the rollout: run `terraform destroy` there, then delete the folder\n",
    );
  });
});
