/** The entry of the bundle: AWS Lambda calls `index.handler`; the command takes its parts. */
export { openBucket, openStream } from "./aws";
export { handler } from "./handler";
export { isEndpointFailing, redrive } from "./redrive";
