/** `synth`: a rollout file to Terraform JSON, one stack for each account and region; or only the check. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Argument, Option } from "commander";
import { EXIT, type ExitCode } from "../common/exit-codes";
import { printWarning } from "../common/print";
import { RolloutError, synthesizeRollout, type SynthesizedRollout } from "../modules";
import type { CommandSpec } from "./command";
import { type Block, printReport, type Report, type ReportOptions } from "./report";
import { counted } from "../common/table";

interface Options extends ReportOptions {
  readonly out?: string;
  readonly check?: boolean;
}

export const synth: CommandSpec<Options> = {
  name: "synth",
  summary: "Synthesizes a rollout file to Terraform JSON, one stack for each account and region.",
  arguments: [new Argument("[rollout]", "the rollout file").default("rollout.yaml")],
  options: [
    new Option("--out <folder>", "where the Terraform JSON goes; by default $CDKTF_OUTDIR, then cdktf.out"),
    new Option("--check", "only read and check: no Terraform JSON is written"),
  ],
  details: `The folder of each stack holds its Terraform JSON and the zips of its functions: run Terraform or OpenTofu there.
All mistakes of the file are reported at once, each with its line and fix; nothing is written then. Warnings go to
standard error. With --json, each issue is an object: {id, path, message, fix, file, line, column}.`,
  examples: [
    ["rollout.yaml to cdktf.out", "synth"],
    ["another file, another folder", "synth rollout.yaml --out terraform.out"],
    ["in a pull request", "synth --check"],
    ["for a script", "synth --json | jq -r .folder"],
  ],
  run,
};

async function run({ out, check, reporter }: Options, rollout: string): Promise<ExitCode> {
  const { folders, warnings } = await reportingIssues(reporter, () =>
    check ? checkRollout(rollout) : synthesizeRollout(rollout, out),
  );
  for (const warning of warnings) printWarning(warning);
  await printReport(check ? checkReport(rollout, folders) : synthReport(folders), { reporter });
  return EXIT.done;
}

/** For programs and pull requests, issues of the file are the result as well as the message on standard error. */
async function reportingIssues<T>(reporter: Options["reporter"], work: () => T): Promise<T> {
  try {
    return work();
  } catch (error) {
    if (error instanceof RolloutError && reporter !== "table") {
      const { issues } = error;
      await printReport({ blocks: [{ kind: "issues", issues }], objects: issues }, { reporter });
    }
    throw error;
  }
}

/** All that synthesis does, in a temporary folder: some mistakes show only then. */
function checkRollout(rollout: string): SynthesizedRollout {
  const folder = mkdtempSync(join(tmpdir(), "moesif-check-"));
  try {
    return synthesizeRollout(rollout, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function checkReport(rollout: string, folders: readonly string[]): Report {
  const stacks = folders.map((folder) => basename(folder));
  return {
    blocks: [
      { kind: "paragraph", text: `${rollout} is valid: ${counted(stacks.length, "stack")}.` },
      { kind: "list", items: stacks },
    ],
    objects: stacks.map((stack) => ({ stack })),
  };
}

/** Each folder on its own line, for scripts; then what to run. */
function synthReport(folders: readonly string[]): Report {
  const [first = "."] = folders;
  const next = `cd ${quoted(first)} && terraform init && terraform apply`;
  const others = folders.length > 1 ? ", and the same in each other folder" : "";
  const blocks: Block[] = [
    { kind: "code", text: folders.join("\n") },
    { kind: "paragraph", text: `Next: ${next}${others}` },
  ];
  return { blocks, objects: folders.map((folder) => ({ stack: basename(folder), folder })) };
}

/** A path as an argument of a POSIX shell. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
