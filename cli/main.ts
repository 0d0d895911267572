#!/usr/bin/env node
/** The executable of the package. */
import { onOutputError } from "../common/print";
import { runCommand } from "./command-line";

onOutputError((code) => process.exit(code));
void runCommand(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
