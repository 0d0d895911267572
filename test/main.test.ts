/** The app as a command: what it prints, and what it leaves. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./support/rollout";

const folder = mkdtempSync(join(tmpdir(), "main-"));

function synth(rollout: string, name: string) {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, rollout);
  const out = join(folder, name);
  const args = [join(ROOT, "dist", "main.js"), "--rollout", file, "--out", out];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 60_000 });
  return { status, stdout, stderr, out };
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
    expect(status).toBe(1);
    expect(existsSync(out)).toBe(false);
  });

  it("says in a line that it cannot write", () => {
    writeFileSync(join(folder, "no-folder"), "");
    const { status, stderr } = synth(GOOD, "no-folder");
    expect(stderr).toMatch(/^E[A-Z]+: .*no-folder.*\n$/);
    expect(status).toBe(1);
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
