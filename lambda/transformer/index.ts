/** The entry of the bundle: AWS Lambda calls `index.handler`; `preview` and the benchmark use the steps themselves. */
export { handler } from "./handler";
export { parseConfig } from "./sampling/config";
export { createTransformer } from "./transform";
