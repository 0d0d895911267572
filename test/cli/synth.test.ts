/** `synth` of the built package: what it prints, and what it leaves. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run as runCommand } from "./support";

const folder = mkdtempSync(join(tmpdir(), "synth-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** In the folder. */
async function run(...args: readonly string[]) {
  const { code, ...output } = await runCommand(args, { cwd: folder });
  return { status: code, ...output };
}

function synth(rollout: string, name: string, ...options: readonly string[]) {
  writeFileSync(join(folder, `${name}.yaml`), rollout);
  return run("synth", `${name}.yaml`, "--out", name, ...options);
}

/** Every file below a folder, by its name. */
function contentsOf(out: string): Record<string, string> {
  const files = readdirSync(out, { recursive: true }).map(String);
  return Object.fromEntries(
    files
      .filter((name) => statSync(join(out, name)).isFile())
      .map((name) => [name, readFileSync(join(out, name), "base64")]),
  );
}

const GOOD = `version: 1
defaults: { applicationId: { secretName: moesif } }
accounts:
  - { id: "111111111111", name: production, regions: [{ name: us-east-1 }] }
`;

const WARNED = GOOD.replace(
  "defaults: {",
  'defaults: { delivery: { kmsKeyArn: "arn:aws:kms:us-east-1:111111111111:key/1" },',
);

describe("synth", () => {
  it("gives programs each issue of the file, and people its message", async () => {
    const { status, stdout, stderr } = await synth(GOOD.replace("111111111111", "1"), "issues", "--check", "--json");
    const issue = { id: "invalid-value", path: ["accounts", 0, "id"], file: "issues.yaml", line: 4, column: 11 };
    expect(JSON.parse(stdout)).toEqual({ ...issue, message: 'invalid value "1"', fix: expect.any(String) });
    expect(stderr).toContain("issues.yaml:4:11  accounts[0].id: invalid value");
    expect(status).toBe(2);
  });

  it("prints the folder of each stack, and what to run there", async () => {
    const two = GOOD.replace("name: us-east-1", "name: us-east-1 }, { name: eu-west-1");
    expect(await synth(two, "good")).toEqual({
      status: 0,
      stderr: "",
      stdout: [
        "good/stacks/moesif-production-us-east-1",
        "good/stacks/moesif-production-eu-west-1",
        "",
        "Next: cd good/stacks/moesif-production-us-east-1 && terraform init && terraform apply, and the same in each other folder",
        "",
      ].join("\n"),
    });
  });

  it("takes rollout.yaml by default, and prints JSON for programs", async () => {
    writeFileSync(join(folder, "rollout.yaml"), GOOD);
    const { status, stdout } = await run("synth", "--json");
    const stack = "moesif-production-us-east-1";
    expect(JSON.parse(stdout)).toEqual({ stack, folder: `cdktf.out/stacks/${stack}` });
    expect(status).toBe(0);
  });

  it("writes nothing with --check, and says which stacks there are", async () => {
    const { status, stdout, stderr } = await synth(GOOD, "checked", "--check");
    expect(stdout).toBe("checked.yaml is valid: 1 stack.\n  - moesif-production-us-east-1\n");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(existsSync(join(folder, "checked"))).toBe(false);
    expect(existsSync(join(folder, "cdktf.out", "checked"))).toBe(false);
  });

  it.each([[[]], [["--check"]]])("reports every mistake and writes nothing, with %j", async (options) => {
    const mistaken = GOOD.replace("111111111111", "1").replace("us-east-1", "us-est-1");
    const { status, stderr } = await synth(mistaken, "bad", ...options);
    expect(stderr).toMatch(/bad\.yaml:4:\d+ {2}accounts\[0\]\.id/);
    expect(stderr).toMatch(/accounts\[0\]\.regions\[0\]\.name/);
    expect(status).toBe(2);
    expect(existsSync(join(folder, "bad"))).toBe(false);
  });

  it("says in a line that it cannot write", async () => {
    writeFileSync(join(folder, "no-folder"), "");
    const { status, stderr } = await synth(GOOD, "no-folder");
    expect(stderr).toMatch(
      /^--out: no-folder cannot be written: E[A-Z]+: .*\. Give the path of a folder that you may write\.\n$/,
    );
    expect(status).toBe(2);
  });

  it("escapes the names of files and folders", async () => {
    const name = "\u001b[2Jbad\u202e";
    const { stdout } = await synth(GOOD, name);
    expect(stdout).toContain("\\u001b[2Jbad\\u202e/stacks/moesif-production-us-east-1\n");
    const { stderr } = await run("synth", `${name}\u2066.yaml`);
    expect(stderr).toContain("\\u001b[2Jbad\\u202e\\u2066.yaml:1:1");
    expect(stdout + stderr).not.toMatch(/[\u001b\u202e\u2066]/);
  });

  it("refuses an unknown option as wrong usage", async () => {
    const { status, stderr } = await run("synth", "--bogus");
    expect(stderr).toContain("unknown option '--bogus'");
    expect(status).toBe(2);
  });

  it("makes the folders above its output", async () => {
    const { status } = await synth(GOOD, "deep", "--out", "a/b/c");
    expect(status).toBe(0);
  });

  it("refuses an output to which another process writes, and leaves it as it is", async () => {
    await synth(GOOD, "busy");
    const out = join(folder, "busy");
    const before = contentsOf(out);
    writeFileSync(join(out, ".lock"), String(process.pid));
    const { status, stderr } = await synth(GOOD.replace("us-east-1", "eu-west-1"), "busy");
    expect(stderr).toMatch(`--out: busy is in use by process ${process.pid}.`);
    expect(status).toBe(2);
    rmSync(join(out, ".lock"));
    expect(contentsOf(out)).toEqual(before);
  });

  it("names the folder of a stack that is not in the rollout any more", async () => {
    await synth(GOOD, "smaller");
    const { status, stderr } = await synth(GOOD.replace("us-east-1", "eu-west-1"), "smaller");
    expect(stderr).toMatch(
      /^Warning: smaller.stacks.moesif-production-us-east-1: no longer in the rollout: run `terraform destroy` there, then delete the folder\n$/,
    );
    expect(status).toBe(0);
  });

  it.each([[[]], [["--check"]]])("prints the warnings of the constructs, with %j", async (options) => {
    const { status, stderr } = await synth(WARNED, "warned", ...options);
    expect(stderr).toMatch(/^Warning: moesif-[^/]+\/pipeline\/\S+: kmsKeyArn: .*access logs may not arrive/);
    expect(status).toBe(0);
  });
});
