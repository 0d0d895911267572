/** From a rollout file to stacks in an app, and to a folder of Terraform JSON. */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import { lockFolder, makeFolder } from "../../common/folders";
import { EXIT } from "../../common/exit-codes";
import { printMessage, printWarning } from "../../common/print";
import { isUserError, messageOf, UsageError } from "../../common/usage-error";
import { AnnotationMetadataEntryType, App, TerraformStack } from "../cdk";
import { InvalidValueError } from "../settings/checks";
import { readRollout } from "./read-rollout";
import { RolloutError } from "./rollout-error";
import { RolloutDashboardStack } from "./dashboard-stack";
import { MANAGED_BY } from "./deployment";
import { TargetStack } from "./target-stack";
import { rolloutDashboardTarget, rolloutTargets } from "./targets";

/**
 * Makes one stack for each account and region of a rollout file, and that of its dashboard. Prints warnings to standard error: those of the file
 * at once, those of the stacks when the app is synthesized.
 *
 * @param app an app, or a function that makes one: it is called once the file has no issues, since an app creates its
 *   output folder
 * @param file path of the rollout file
 * @throws RolloutError with every issue of the file; uncaught, only its message is printed, and the exit code is 2
 */
export function rollOut(app: App | (() => App), file: string): TargetStack[] {
  try {
    const { app: scope, stacks, warnings } = makeStacks(app, file);
    for (const warning of warnings) printWarning(warning);
    printWarningsOnSynth(scope);
    return stacks;
  } catch (error) {
    if (App.isApp(app)) removeEmptyOutputOnExit(app);
    reportUncaught(error);
    throw error;
  }
}

/** What was written, and the warnings. */
export interface SynthesizedRollout {
  /** The folder of each stack, where Terraform runs. */
  readonly folders: readonly string[];
  /** Of the file, of the constructs, and of stacks that have left the file; as they are printed. */
  readonly warnings: readonly string[];
}

/**
 * Writes the Terraform JSON of a rollout file.
 *
 * @param file path of the rollout file
 * @param outdir where the JSON goes; default: `CDKTF_OUTDIR`, which the CLI of cdktf sets, then `cdktf.out`
 * @throws RolloutError with every issue of the file; nothing is written then
 * @throws UsageError while another process writes to the folder
 */
export function synthesizeRollout(file: string, outdir = process.env.CDKTF_OUTDIR ?? "cdktf.out"): SynthesizedRollout {
  const created = firstMissing(outdir);
  let unlock: (() => void) | undefined;
  try {
    const { app, stacks, dashboards, warnings } = makeStacks(() => {
      unlock = lockedFolder(outdir);
      return new App({ outdir });
    }, file);
    // CDKTF resolves each stack twice, at first only to find references between stacks: those of a rollout have none.
    for (const stack of stacks) stack.prepareStack = () => {};
    withoutTraces(() => app.synth());
    const folders = [...stacks, ...dashboards].map((stack) =>
      join(app.outdir, app.manifest.forStack(stack).workingDirectory),
    );
    return { folders, warnings: [...warnings, ...warningsOf(app, stacks)] };
  } catch (error) {
    if (unlock && created !== undefined) rmSync(created, { recursive: true, force: true });
    throw error;
  } finally {
    unlock?.();
  }
}

/** Makes and locks the output folder. */
function lockedFolder(outdir: string): () => void {
  try {
    makeFolder(outdir);
    return lockFolder(outdir, "--out");
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `--out: ${outdir} cannot be written: ${messageOf(error)}. Give the path of a folder that you may write.`,
    );
  }
}

interface Stacks {
  readonly app: App;
  readonly stacks: TargetStack[];
  /** One, if the file asks for it. */
  readonly dashboards: readonly TerraformStack[];
  /** Of the file. */
  readonly warnings: readonly string[];
}

function makeStacks(app: App | (() => App), file: string): Stacks {
  const rollout = readRollout(file);
  const targets = rolloutTargets(rollout);
  const scope = typeof app === "function" ? app() : app;
  const dashboard = rolloutDashboardTarget(rollout);
  return withoutTraces(() => ({
    app: scope,
    stacks: targets.map((target) => new TargetStack(scope, target)),
    dashboards: dashboard === undefined ? [] : [new RolloutDashboardStack(scope, dashboard, targets)],
    warnings: rollout.warnings,
  }));
}

/** CDKTF keeps with each value where it was made, a third of the time for a large rollout, for errors of its own. */
function withoutTraces<T>(work: () => T): T {
  const { captureStackTrace } = Error;
  Error.captureStackTrace = () => {};
  try {
    return work();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}

const reporting = new WeakSet<App>();

/** Once for each app, however many files it rolls out. */
function printWarningsOnSynth(app: App): void {
  if (reporting.has(app)) return;
  reporting.add(app);
  app.node.addValidation({
    validate: () => {
      // The CLI of cdktf prints annotations itself.
      const annotated = process.env.CDKTF_OUTDIR === undefined ? targetStacksIn(app) : [];
      for (const warning of warningsOf(app, annotated)) printWarning(warning);
      return [];
    },
  });
}

function targetStacksIn(app: App): TargetStack[] {
  return app.node.findAll().filter((node): node is TargetStack => node instanceof TargetStack);
}

/** What the constructs warn of, each with its path, which begins with the stack; and stacks that have left the app. */
function warningsOf(app: App, stacks: readonly TargetStack[]): string[] {
  const annotations = stacks
    .flatMap((stack) => app.manifest.forStack(stack).annotations)
    .filter(({ level }) => level === AnnotationMetadataEntryType.WARN);
  return [
    ...annotations.map(({ constructPath, message }) => `${constructPath}: ${message}`),
    ...leftFolders(app).map(
      (folder) => `${folder}: no longer in the rollout: run \`terraform destroy\` there, then delete the folder`,
    ),
  ];
}

/** Folders of stacks that were rolled out earlier; what they deployed still exists. */
function leftFolders(app: App): string[] {
  const stacks = app.node.findAll().filter((node) => TerraformStack.isStack(node));
  const names = new Set(stacks.map(({ node }) => node.id));
  const folder = join(app.outdir, "stacks");
  const others = existsSync(folder) ? readdirSync(folder).filter((name) => !names.has(name)) : [];
  return others.map((name) => join(folder, name)).filter(isOfRollout);
}

function isOfRollout(folder: string): boolean {
  const file = join(folder, "cdk.tf.json");
  return existsSync(file) && readFileSync(file, "utf8").includes(`"managed-by": "${MANAGED_BY}"`);
}

/** The topmost folder that would have to be created for a folder. */
function firstMissing(folder: string): string | undefined {
  if (existsSync(folder)) return undefined;
  return firstMissing(dirname(folder)) ?? folder;
}

/** An app creates its output folder at once. What remains empty when the process ends is removed. */
function removeEmptyOutputOnExit(app: App): void {
  process.once("exit", () => {
    for (const folder of [join(app.outdir, "stacks"), app.outdir]) {
      try {
        rmdirSync(folder);
      } catch {
        // It is not empty, or never was.
      }
    }
  });
}

/**
 * Prints only the message of an error that the user can fix, if nothing catches it, and exits as the commands do. An app
 * with a handler of its own for uncaught errors gets the error.
 */
function reportUncaught(error: unknown): void {
  if (!(isUserError(error) || error instanceof RolloutError || error instanceof InvalidValueError)) return;
  const { message } = error;
  for (const key of Object.keys(error)) Object.defineProperty(error, key, { enumerable: false });
  Object.defineProperties(error, { stack: { value: message }, [inspect.custom]: { value: () => message } });
  if (process.listenerCount("uncaughtException") > 0) return;
  const report = (uncaught: unknown) => {
    if (uncaught !== error) throw uncaught;
    printMessage(message);
    process.exit(EXIT.wrongInput);
  };
  process.once("uncaughtException", report);
  // An error that nothing catches arrives before.
  setImmediate(() => process.off("uncaughtException", report));
}
