/** Checks of the pipeline's variables that are between values, and which no schema of one value can say. */
import type { VariableCheck } from "./variable-checks";

export const pipelineChecks: Readonly<Record<string, readonly VariableCheck[]>> = {};
