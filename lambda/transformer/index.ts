/** The entry of the bundle: AWS Lambda calls `index.handler`; the preview of the command line takes what is within. */
export { handler } from "./handler";
export { createTransform } from "./transform";
