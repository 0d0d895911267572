/** `npm run bench -- redrive`: the test that kills a redrive, with many records, and what it came to. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { tableOf } from "../common/table";
import { packageRoot } from "../common/package-root";

interface Options {
  readonly records: string;
  readonly kills: string;
  readonly rate: string;
}

/** Adds the sub-command. */
export function addRedrive(program: Command): void {
  program
    .command("redrive")
    .description("Redrives failed records from an emulated S3, and kills the command on the way.")
    .option("--records <number>", "how many", "100000")
    .option("--kills <number>", "how often it is killed", "10")
    .option("--rate <records>", "records a second", "5000")
    .action(redrive);
}

function redrive({ records, kills, rate }: Options): void {
  const folder = mkdtempSync(join(tmpdir(), "redrive-"));
  const report = join(folder, "report.json");
  const environment = { REDRIVE_RECORDS: records, REDRIVE_KILLS: kills, REDRIVE_RATE: rate, REDRIVE_REPORT: report };
  try {
    const jest = join(packageRoot(), "node_modules", "jest", "bin", "jest.js");
    const { status } = spawnSync(process.execPath, [jest, "test/redrive/killed"], {
      cwd: packageRoot(),
      env: { ...process.env, ...environment },
      stdio: ["ignore", "inherit", "inherit"],
      timeout: 30 * 60_000,
    });
    process.exitCode = status ?? 1;
    const table = tableOf(["Figure", "Value"], ["left", "right"]);
    table.push(
      ...Object.entries(JSON.parse(readFileSync(report, "utf8"))).map(([name, value]) => [name, String(value)]),
    );
    console.log(table.toString());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
