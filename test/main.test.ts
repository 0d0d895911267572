/** The app as a command: what it prints, and what it leaves. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./support/rollout";

const folder = mkdtempSync(join(tmpdir(), "main-"));

function synth(rollout: string, name: string, out = join(folder, name)) {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, rollout);
  const args = [join(ROOT, "dist", "main.js"), "--rollout", file, "--out", out];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 60_000 });
  return { status, stdout, stderr, out };
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

describe("npm run synth", () => {
  it("prints the folder of each stack", () => {
    const { status, stdout, out } = synth(GOOD, "good");
    expect(stdout).toBe(`${join(out, "stacks", "moesif-production-us-east-1")}\n`);
    expect(status).toBe(0);
  });

  it("tells every mistake and writes nothing", () => {
    const { status, stderr, out } = synth(GOOD.replace("111111111111", "1").replace("us-east-1", "us-est-1"), "bad");
    expect(stderr).toMatch(/bad\.yaml:4:\d+ {2}accounts\[0\]\.id/);
    expect(stderr).toMatch(/accounts\[0\]\.regions\[0\]\.name/);
    expect(status).toBe(2);
    expect(existsSync(out)).toBe(false);
  });

  it("says in a line that it cannot write", () => {
    writeFileSync(join(folder, "no-folder"), "");
    const { status, stderr } = synth(GOOD, "no-folder");
    expect(stderr).toMatch(/^E[A-Z]+: .*no-folder.*\n$/);
    expect(status).toBe(2);
  });

  it("refuses an unknown option as wrong usage", () => {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "dist", "main.js"), "--bogus"], {
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(stderr).toContain("unknown option '--bogus'");
    expect(status).toBe(2);
  });

  it("makes the folders above its output", () => {
    const { status } = synth(GOOD, "deep", join(folder, "a", "b", "c"));
    expect(status).toBe(0);
  });

  it("refuses an output to which another process writes, and leaves it as it is", () => {
    const { out } = synth(GOOD, "busy");
    const before = contentsOf(out);
    writeFileSync(join(out, ".lock"), String(process.pid));
    const { status, stderr } = synth(GOOD.replace("us-east-1", "eu-west-1"), "busy");
    expect(stderr).toMatch(`--out: ${out} is in use by process ${process.pid}.`);
    expect(status).toBe(2);
    rmSync(join(out, ".lock"));
    expect(contentsOf(out)).toEqual(before);
  });

  it("names the folder of a stack that is not in the rollout any more", () => {
    synth(GOOD, "smaller");
    const { status, stderr } = synth(GOOD.replace("us-east-1", "eu-west-1"), "smaller");
    expect(stderr).toMatch(
      /^Warning: .*moesif-production-us-east-1 is of no stack of the rollout any more: destroy it/,
    );
    expect(status).toBe(0);
  });

  it("passes on what the constructs warn of", () => {
    const key = "arn:aws:kms:us-east-1:111111111111:key/1";
    const { status, stderr } = synth(
      GOOD.replace("defaults: {", `defaults: { delivery: { kmsKeyArn: "${key}" },`),
      "warned",
    );
    expect(stderr).toMatch(/^Warning: moesif-[^/]+\/pipeline\/\S+: kmsKeyArn: .*access logs may not arrive/);
    expect(status).toBe(0);
  });
});
