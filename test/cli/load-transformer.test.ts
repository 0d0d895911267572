/** The built bundle as the command line takes it: what it is given, and what is said where it is of no use. */
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TransformerSettings } from "../../lambda/transformer/settings";
import { ROOT } from "../support/rollout";
import { accessLog, base64, HASH_KEY, NOW, settings, textOf } from "../lambda/support";

const LOG = base64(JSON.stringify(accessLog({ principalId: "jane" })));

interface Case {
  readonly settings?: TransformerSettings;
  readonly moesifConfig?: unknown;
  readonly hashKey?: string;
  readonly now?: number;
}

/** What becomes of an access log, in each case; all in one process of the package in a folder. */
function outcomes(root: string, cases: readonly Case[]): any[] {
  const script = `
    const [module, log, cases] = process.argv.slice(1);
    const { loadTransformer } = require(module);
    const outcomeOf = ({ settings, now, ...means }) =>
      loadTransformer(settings, means)
        .then((transform) => transform([log], now)[0])
        .catch((error) => error.name + ": " + error.message);
    Promise.all(JSON.parse(cases).map(outcomeOf)).then((all) => console.log(JSON.stringify(all)));`;
  const whole = cases.map((one) => ({ settings, hashKey: HASH_KEY, now: NOW, ...one }));
  const args = ["--eval", script, join(root, "dist", "cli", "preview", "transform.js"), LOG, JSON.stringify(whole)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", timeout: 5 * 60_000 }));
}

describe("the transformer", () => {
  it("gets settings, the key, the sampling rules, the data and the time", () => {
    const [sent, hashed, sampled, late] = outcomes(ROOT, [
      {},
      { settings: { ...settings, redaction: { hash: ["principalId"] } } },
      { moesifConfig: { sample_rate: 0 } },
      { now: NOW + 31 * 24 * 3_600_000 },
    ]);
    expect(JSON.parse(textOf(sent.data))).toMatchObject({ user: "jane", metadata: { environment: "production" } });
    const hash = createHmac("sha256", HASH_KEY).update("jane").digest("base64url");
    expect(JSON.parse(textOf(hashed.data)).principalId).toBe(`hmac:${hash.slice(0, 22)}`);
    expect(sampled).toMatchObject({ result: "Dropped", reason: "sampled" });
    expect(late).toMatchObject({ result: "ProcessingFailed", reason: "too-old" });
  });

  it("is refused if it gets no sampling rules, or settings that it cannot use", () => {
    const mask = [{ pattern: "(" }];
    const [rules, unusable] = outcomes(ROOT, [{ moesifConfig: 5 }, { settings: { ...settings, redaction: { mask } } }]);
    expect(rules).toMatch(
      /^UsageError: --moesif-config: this is no body of Moesif's \/v1\/config: .*\. Save it anew\.$/,
    );
    expect(unusable).toMatch(/^UsageError: The transformer cannot use these settings: ./);
  });

  it("is missed where it was not built", () => {
    const root = mkdtempSync(join(tmpdir(), "unbuilt-"));
    const needed = ["cli/preview/transform.js", "common/json.js", "common/usage-error.js", "common/package-root.js"];
    for (const file of ["package.json", ...needed.map((name) => join("dist", name))]) {
      cpSync(join(ROOT, file), join(root, file));
    }
    expect(outcomes(root, [{}])).toEqual([
      expect.stringMatching(/^UsageError: .*index\.mjs is missing\. Run "npm run build" first\.$/),
    ]);
    rmSync(root, { recursive: true, force: true });
  });
});
