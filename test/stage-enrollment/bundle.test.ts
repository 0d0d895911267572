/** The built function in a process of its own, which may be killed at any moment: what it leaves, and the next run. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { unzipSync } from "fflate";
import type { StageId } from "../../lambda/api-gateway/stage";
import { ROOT } from "../support/rollout";
import { Account, destinations, GROUP, listing, owners } from "./support";

/** The longest that a function may run: a run that was killed counts as at work until then. */
const LONGEST_RUN_MS = 900_000;
const PROCESS_TIMEOUT_MS = 5 * 60_000;

const SCRIPT = `
  const [index, events, clock] = process.argv.slice(1);
  const { now } = Date;
  Date.now = () => now() + Number(clock);
  const { handler, ...rest } = await import(index);
  for (const event of JSON.parse(events)) console.log(JSON.stringify(await handler(event)));
  console.log(JSON.stringify({ otherExports: Object.keys(rest) }));`;

const create = { tf: { action: "create" } };

let account: Account;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "stage-enrollment-"));
  const zip = unzipSync(readFileSync(join(ROOT, "dist", "lambda", "stage-enrollment.zip")));
  for (const [name, contents] of Object.entries(zip)) writeFileSync(join(folder, name), contents);
  account = await Account.start();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await account.stop();
});
beforeEach(() => account.empty());

/** Starts a process that runs the function for one event after another. */
function start(events: readonly object[], clockMs = 0): ChildProcess {
  const args = [pathToFileURL(join(folder, "index.mjs")).href, JSON.stringify(events), String(clockMs)];
  return spawn(process.execPath, ["--input-type=module", "--eval", SCRIPT, ...args], {
    env: { PATH: process.env.PATH, NODE_NO_WARNINGS: "1", ...account.environment() },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: PROCESS_TIMEOUT_MS,
    killSignal: "SIGKILL",
  });
}

/** What the function answers to one event after another, and what else the bundle exports. */
async function run(events: readonly object[], clockMs?: number): Promise<any[]> {
  const child = start(events, clockMs);
  const [output, [code]] = await Promise.all([text(child.stdout!), once(child, "exit")]);
  expect(code).toBe(0);
  const lines = output
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return lines.filter((line) => !("_aws" in line));
}

it("enrolls and restores, and exports nothing but the handler", async () => {
  const id = await account.stage({ type: "HTTP", stage: "$default" });
  const wanted = listing(id);
  const answers = await run([
    { check: wanted },
    { enroll: wanted, run: 1, ...create },
    { enroll: wanted, run: 1, tf: { action: "delete" } },
  ]);
  expect(answers.map(({ totals }) => totals)).toEqual([{ enrolled: 1 }, { enrolled: 1 }, { restored: 1 }, undefined]);
  expect(answers.at(-1)).toEqual({ otherExports: [] });
  expect(await account.logs(id)).toEqual([undefined]);
});

it("takes a stage over from another enrollment, with what the stage had before", async () => {
  await account.pipeline("other");
  const id = await account.stage({ type: "HTTP", accessLog: owners });
  const wanted = listing({ ...id, overwrite: true });
  const theirs = { HTTP: { ...destinations.HTTP, destinationArn: GROUP.replace(/moesif$/, "other") } };
  await account.callOf("other", { enroll: { ...wanted, destinations: theirs }, run: 1, ...create });
  const [{ warnings }] = await run([{ enroll: wanted, run: 1, ...create }]);
  expect(warnings).toEqual([expect.stringContaining("moesif-enroll-moesif takes it over from moesif-enroll-other")]);
  await run([{ restore: true }]);
  expect(await account.logs(id)).toEqual([owners]);
});

describe("a process that is killed", () => {
  let id: StageId;
  beforeEach(async () => {
    id = await account.stage({ accessLog: owners });
  });
  const wanted = () => listing({ ...id, overwrite: true });

  /** Runs the function, and kills its process when it asks API Gateway to set the stage: before that is done, or after. */
  async function killed(event: object, when: "before" | "after", has: typeof owners): Promise<void> {
    const child = start([event]);
    let isKilled = false;
    account.proxy.rule = async ({ method }) => {
      if (method !== "PATCH" || isKilled) return undefined;
      isKilled = true;
      if (when === "after") await account.api.setAccessLog(id, has);
      child.kill("SIGKILL");
      return { status: 503, type: "ServiceUnavailableException" };
    };
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
    account.proxy.reset();
  }

  it.each([
    ["between writing its record and setting the stage", "before", owners, { enrolled: 1 }],
    ["between setting the stage and writing its record again", "after", destinations.REST, { unchanged: 1 }],
  ] as const)("%s leaves a record by which the next run goes on, and restores", async (_, when, has, totals) => {
    await killed({ enroll: wanted(), run: 1, ...create }, when, destinations.REST);
    expect(await account.logs(id)).toEqual([has]);
    const entry = { ...id, set: destinations.REST, before: owners };
    expect(await account.record()).toMatchObject({ busyUntil: expect.any(Number), stages: [entry] });

    const [answer] = await run([{ reconcile: true }], LONGEST_RUN_MS);
    expect(answer).toMatchObject({ totals, warnings: [] });
    expect(await account.logs(id)).toEqual([destinations.REST]);
    expect(await account.record()).not.toHaveProperty("busyUntil");

    await run([{ restore: true }]);
    expect(await account.logs(id)).toEqual([owners]);
    expect(await account.record()).toBeUndefined();
  });

  it.each([
    ["before it has restored the stage", "before", { restored: 1 }],
    ["between restoring the stage and removing its record", "after", { released: 1 }],
  ] as const)("%s leaves a record by which the next run restores the stage", async (_, when, totals) => {
    await account.call({ enroll: wanted(), run: 1, ...create });
    await killed({ restore: true }, when, owners);
    expect(await account.record()).toMatchObject({ busyUntil: expect.any(Number), stages: [{ before: owners }] });

    const [answer] = await run([{ restore: true }], LONGEST_RUN_MS);
    expect(answer).toMatchObject({ totals, warnings: [] });
    expect(await account.logs(id)).toEqual([owners]);
    expect(await account.record()).toBeUndefined();
  });
});
