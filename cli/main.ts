#!/usr/bin/env node
/** The executable of the package. */
import { inspect } from "node:util";
import { EXIT } from "../common/exit-codes";
import { onOutputError, printMessage } from "../common/print";
import { runCommand } from "./command-line";

onOutputError((code) => process.exit(code));
runCommand(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    printMessage(inspect(error));
    process.exitCode = EXIT.defect;
  },
);
