#!/usr/bin/env node
/** The executable of the package. */
import { runCommand } from "./command-line";

// Whoever reads has seen enough, as head has after ten lines.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
void runCommand(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
