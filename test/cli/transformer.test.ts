/** The bundle as the command line takes it: what it is given, and what is said where it is of no use. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";

const root = mkdtempSync(join(tmpdir(), "transformer-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

beforeAll(() => {
  writeFileSync(join(root, "package.json"), '{"name":"cdktf-moesif-firehose"}');
  buildSync({
    entryPoints: [join(__dirname, "..", "..", "cli", "transformer.ts")],
    outfile: join(root, "dist", "cli", "transformer.js"),
    bundle: true,
    platform: "node",
    target: "node20",
  });
});

/** Loads a bundle of this source in a process of its own, and gives two records to it. */
function outcomesWith(bundle: string | undefined, means: object): unknown {
  const folder = join(root, "dist", "lambda", "transformer");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (bundle !== undefined) writeFileSync(join(folder, "index.mjs"), bundle);
  const script = `
    require(process.argv[1])
      .loadTransformer({ version: 1 }, JSON.parse(process.argv[2]))
      .then((transform) => transform(["YQ==", "Yg=="], 7))
      .catch((error) => error.name + ": " + error.message)
      .then((result) => console.log(JSON.stringify(result)));`;
  const module = join(root, "dist", "cli", "transformer.js");
  const args = ["--eval", script, module, JSON.stringify(means)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", timeout: 30_000 }));
}

const WHOLE = `
  export const parseConfig = (body) => {
    if (typeof body !== "object") throw new Error("no object");
    return { rate: body.sample_rate };
  };
  export const createTransformer = (settings, { hashKey, config }) => (datas, now) =>
    datas.map((data) => ({ result: "Dropped", reason: JSON.stringify([settings, hashKey, config(), data, now]) }));
`;

describe("the transformer", () => {
  it("gets settings, the key, the parsed sampling rules, the data and the time", () => {
    expect(outcomesWith(WHOLE, { hashKey: "key", moesifConfig: { sample_rate: 50 } })).toEqual([
      { result: "Dropped", reason: '[{"version":1},"key",{"rate":50},"YQ==",7]' },
      { result: "Dropped", reason: '[{"version":1},"key",{"rate":50},"Yg==",7]' },
    ]);
  });

  it("gets no sampling rules where there are none", () => {
    expect(outcomesWith(WHOLE, { hashKey: "key" })).toContainEqual({
      result: "Dropped",
      reason: '[{"version":1},"key",null,"YQ==",7]',
    });
  });

  it.each([
    ["was not built", undefined, {}, /^UsageError: .*index\.mjs is missing\. Run "npm run build" first\.$/],
    [
      "is given something else than sampling rules",
      WHOLE,
      { moesifConfig: 5 },
      "UsageError: --moesif-config: this is no body of Moesif's /v1/config: no object. Save it anew.",
    ],
    [
      "refuses the settings",
      'export const createTransformer = () => { throw new Error("no key"); };',
      {},
      "UsageError: The transformer cannot use these settings: no key",
    ],
  ])("is refused if it %s", (_, bundle, means, message) => {
    expect(outcomesWith(bundle, means)).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
  });
});
