/**
 * The entry of the bundle: AWS Lambda calls `index.handler`; what runs the same transformer elsewhere (`preview`, the
 * benchmark, the fuzz run) takes its parts.
 */
import { initialise } from "./handler.js";

export { loadEngine } from "../re2/pattern.js";
export { readDelivered } from "./delivered.js";
export { handler } from "./handler.js";
export { reportOf } from "./report.js";
export { parseConfig } from "./sampling/config.js";
export { createTransformer } from "./transform.js";

// AWS Lambda waits for it before the first invocation. Until then the function has a whole processor; after that, as much
// as its memory buys: of 256 MB, a seventh.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
await initialise();
