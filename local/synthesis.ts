/** Synthesizes the rollout with the built command, and finds its stacks. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf, UsageError } from "../common/usage-error";

const execFileAsync = promisify(execFile);
const TIMEOUT_MS = 120_000;

/** A stack in the synthesized output. */
export interface StackFile {
  readonly name: string;
  /** Its `cdk.tf.json`. */
  readonly file: string;
}

/** Where the app wrote to, and what it warned of. */
export interface Synthesis {
  readonly directory: string;
  readonly warnings: string;
}

/**
 * Runs `synth` of the package at `root`.
 *
 * @param directory is cleared, and then written to
 */
export async function synthesize(
  root: string,
  rollout: string | undefined,
  directory: string,
  signal: AbortSignal,
): Promise<Synthesis> {
  const app = join(root, "dist", "cli", "main.js");
  if (!existsSync(app)) throw new UsageError(`${app} does not exist. Run "npm run build" first.`);
  rmSync(directory, { recursive: true, force: true });
  try {
    const { stderr } = await execFileAsync(
      process.execPath,
      [app, "synth", ...(rollout === undefined ? [] : [rollout])],
      {
        cwd: root,
        env: { ...process.env, CDKTF_OUTDIR: directory },
        timeout: TIMEOUT_MS,
        signal,
      },
    );
    return { directory, warnings: stderr.trim() };
  } catch (error) {
    signal.throwIfAborted();
    const { killed, stderr } = error as { killed?: boolean; stderr?: string };
    const reason = killed ? `it did not end within ${TIMEOUT_MS / 1000} s` : stderr?.trim() || messageOf(error);
    throw new UsageError(`The rollout could not be synthesized:${reason.includes("\n") ? "\n" : " "}${reason}`);
  }
}

/** The stacks in a synthesized output, in the order of its manifest. */
export function readManifest(directory: string): StackFile[] {
  try {
    const manifest = JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8")) as {
      stacks: Record<string, { synthesizedStackPath: string }>;
    };
    return Object.entries(manifest.stacks).map(([name, stack]) => ({
      name,
      file: join(directory, stack.synthesizedStackPath),
    }));
  } catch (error) {
    throw new UsageError(`${directory} holds no synthesized stacks: ${messageOf(error)}`);
  }
}

/** The stack of a name; the first one when none is named. */
export function chooseStack(stacks: readonly StackFile[], name: string | undefined): StackFile {
  const chosen = name === undefined ? stacks[0] : stacks.find((stack) => stack.name === name);
  if (chosen) return chosen;
  const names = stacks.map((stack) => stack.name).join(", ");
  throw new UsageError(
    name === undefined ? "The rollout has no stack." : `--stack: there is no stack ${name}. There are: ${names}.`,
  );
}
