/**
 * The entry of the bundle: AWS Lambda calls `index.handler`; what runs the same transformer elsewhere (`preview`, the
 * benchmark, the fuzz run) takes its parts.
 */
export { loadEngine } from "../re2/pattern";
export { handler } from "./handler";
export { reportOf } from "./report";
export { parseConfig } from "./sampling/config";
export { createTransformer } from "./transform";
