/** What the workflows may do and run: least permissions, pinned actions, and scripts that are in the repository. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../support/rollout";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly needs?: string;
  readonly uses?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
  readonly "timeout-minutes"?: number;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = join(ROOT, ".github", "workflows");
const FILES = readdirSync(FOLDER);
const text = (file: string): string => readFileSync(join(FOLDER, file), "utf8");
const workflow = (file: string): Workflow => parse(text(file));
const stepsOf = (job: Job): readonly Step[] => job.steps ?? [];
const allSteps = (file: string): readonly Step[] => Object.values(workflow(file).jobs).flatMap(stepsOf);

describe.each(FILES)("the workflow %s", (file) => {
  it("pins each action by a commit, and says of which version it is", () => {
    const uses = text(file)
      .split("\n")
      .filter((line) => /^\s*(- )?uses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    const local = /uses: \.\/\.github\/workflows\/[\w-]+\.yml$/;
    const pinned = /uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
    expect(uses.filter((line) => !pinned.test(line) && !local.test(line))).toEqual([]);
  });

  it("pins an action by the same commit wherever it stands", () => {
    const pins = FILES.flatMap((one) => [...text(one).matchAll(/uses: (\S+)@(\S+ # \S+)/g)]);
    const commits = new Map<string, Set<string>>();
    for (const [, action, commit] of pins) commits.set(action!, (commits.get(action!) ?? new Set()).add(commit!));
    expect([...commits].filter(([, different]) => different.size > 1)).toEqual([]);
  });

  it("runs nothing but what package.json or the repository holds, and npm's own ci and audit", () => {
    const scripts = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts;
    for (const run of allSteps(file).flatMap((step) => step.run ?? [])) {
      if (/^npm (ci( --ignore-scripts)?|audit( --[\w-]+=\w+)+)$/.test(run)) continue;
      const [, script] = /^npm run (\S+)$/.exec(run) ?? [];
      const [, node, path] = /^(node )?(\.?\w[\w./-]*)(?: "\$\w+")?$/.exec(run) ?? [];
      if (script !== undefined) expect(Object.keys(scripts)).toContain(script);
      else if (path === undefined) throw new Error(`not a script of the repository: ${run}`);
      else {
        const { mode } = statSync(join(ROOT, path));
        if (node === undefined) expect(mode & 0o111).not.toBe(0);
      }
    }
  });

  it("puts nothing of an event into a command, where it would be run", () => {
    expect(allSteps(file).filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });

  it("gives no permission to all jobs, and each job its own", () => {
    const { permissions, jobs } = workflow(file);
    expect(permissions).toEqual({});
    expect(Object.entries(jobs).filter(([, job]) => job.permissions === undefined)).toEqual([]);
  });

  it("knows no secret but the key of the module's own repository, and leaves no token in a checkout", () => {
    const secrets = [...text(file).matchAll(/\bsecrets\b\S*/g)].map(([secret]) => secret);
    expect(secrets).toEqual(file === "release.yml" ? ["secrets.MIRROR_DEPLOY_KEY"] : []);
    const checkouts = allSteps(file).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.filter((step) => step.with?.["persist-credentials"] !== false)).toEqual([]);
  });

  it("lets no job run for hours", () => {
    const own = Object.entries(workflow(file).jobs).filter(([, { uses }]) => uses === undefined);
    expect(own.filter(([, job]) => !(job["timeout-minutes"]! <= 60))).toEqual([]);
  });
});

describe("the release", () => {
  const { on, jobs } = workflow("release.yml");

  it("begins with a tag of a version, and with nothing else", () => {
    expect(on).toEqual({ push: { tags: ["v*"] } });
  });

  it("checks, tests, assembles and attests before anything is published, one after the other", () => {
    const order: string[] = [];
    for (let name: string | undefined = "oci"; name !== undefined; name = jobs[name]!.needs) order.unshift(name);
    expect(order).toEqual(["version", "test", "assemble", "attest", "npm", "github", "mirror", "oci"]);
    expect(Object.keys(jobs).sort()).toEqual([...order].sort());
  });

  it("looks before everything else whether the tag is on main, in a checkout that can tell", () => {
    const steps = stepsOf(jobs["version"]!);
    expect(steps.flatMap(({ run }) => run ?? [])).toEqual([
      "node scripts/release/check-version.mjs",
      "node scripts/release/check-merged.mjs",
    ]);
    expect(steps[0]!.with).toMatchObject({ "fetch-depth": 0 });
  });

  it("gives each job what it needs", () => {
    const read = { contents: "read" };
    expect(Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, job.permissions]))).toEqual({
      version: read,
      test: read,
      assemble: read,
      attest: { attestations: "write", "id-token": "write" },
      npm: { ...read, "id-token": "write" },
      github: { contents: "write" },
      mirror: read,
      oci: { ...read, packages: "write" },
    });
  });

  it("runs no dependency where it may write", () => {
    const writing = Object.values(jobs).filter((job) => Object.values(job.permissions!).includes("write"));
    const runs = writing.flatMap(stepsOf).flatMap(({ run }) => run ?? []);
    expect(runs).toEqual([
      "node scripts/release/publish-npm.mjs",
      "node scripts/release/publish-github.mjs",
      "node scripts/release/publish-oci.mjs",
    ]);
    // The mirror is written to with a key.
    for (const [, path] of [...runs, "node scripts/release/publish-mirror.mjs"].map((run) => run.split(" "))) {
      const imports = [...readFileSync(join(ROOT, path!), "utf8").matchAll(/ from "([^"]+)"/g)].map(([, one]) => one!);
      expect(imports.filter((one) => !one.startsWith("node:") && one !== "./repository.mjs")).toEqual([]);
    }
  });

  it("publishes the files that were attested, and none made later", () => {
    const actions = (name: string) => stepsOf(jobs[name]!).flatMap(({ uses }) => uses?.split("@")[0] ?? []);
    for (const name of ["attest", "npm", "github", "mirror", "oci"])
      expect(actions(name)).toContain("actions/download-artifact");
    expect(Object.keys(jobs).filter((name) => actions(name).includes("actions/upload-artifact"))).toEqual(["assemble"]);
  });

  it("passes the approval that npm's trusted publisher asks for", () => {
    expect(jobs["npm"]!.environment).toBe("npm");
    expect(readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8")).toMatch(/release\.yml.*environment `npm`/s);
  });

  it("has the key of the mirror in an environment that a maintainer is told to make", () => {
    expect(jobs["mirror"]!.environment).toBe("mirror");
    expect(readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8")).toMatch(/environment `mirror`.*`MIRROR_DEPLOY_KEY`/s);
  });

  it("tests what a change must pass", () => {
    expect(jobs["test"]!.uses).toBe("./.github/workflows/ci.yml");
    const { on: of, jobs: its } = workflow("ci.yml");
    expect(Object.keys(of)).toEqual(["push", "pull_request", "workflow_call"]);
    expect(Object.values(its).map(({ permissions }) => permissions)).toEqual([
      { contents: "read" },
      { contents: "read" },
    ]);
    expect(stepsOf(its["check"]!).flatMap(({ run }) => run ?? [])).toContain(".ci/run");
  });
});
