/** The entry of the bundle: AWS Lambda calls `index.handler`; the command takes its parts. */
export { findFailures, openBucket, openStream } from "./aws";
export { handler } from "./handler";
export { backfill, countObjects, redrive } from "./redrive";
