/** `synth`: a rollout file to Terraform JSON, one stack for each account and region; or only the check. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Command } from "commander";
import { exitCodesHelp } from "../common/exit-codes";
import { printWarning } from "../common/print";
import { synthesizeRollout, type SynthesizedRollout } from "../modules";
import { addReportOptions, type Block, printReport, type Report, type ReportOptions } from "./report";
import { counted } from "../common/table";

interface Options extends ReportOptions {
  readonly out?: string;
  readonly check?: boolean;
}

const HELP = `
Each stack's folder is complete: it holds the Terraform JSON and the functions' zips. Run Terraform or OpenTofu there.
Mistakes in the file are reported all at once, with line and fix, and nothing is written. Warnings go to standard error.

Examples:
  synth                                           rollout.yaml to cdktf.out
  synth rollout.yaml --out terraform.out
  synth --check                                   in a pull request: only read and check
  synth --json | jq -r .folder

${exitCodesHelp()}`;

/** Adds the command. */
export function addSynth(program: Command): void {
  const command = program
    .command("synth")
    .description("Synthesizes a rollout file to Terraform JSON, one stack for each account and region.")
    .argument("[rollout]", "the rollout file", "rollout.yaml")
    .option("--out <folder>", "where the Terraform JSON goes; by default $CDKTF_OUTDIR, then cdktf.out")
    .option("--check", "only read and check: no Terraform JSON is written");
  addReportOptions(command).addHelpText("after", HELP).action(synth);
}

async function synth(rollout: string, { out, check, reporter }: Options): Promise<void> {
  const { folders, warnings } = check ? checkRollout(rollout) : synthesizeRollout(rollout, out);
  for (const warning of warnings) printWarning(warning);
  await printReport(check ? checkReport(rollout, folders) : synthReport(folders), { reporter });
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

/** The folders alone are lines of their own, for scripts; then what to run. */
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
