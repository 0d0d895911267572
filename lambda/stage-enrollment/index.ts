/** The entry of the bundle: AWS Lambda calls `index.handler`. */
export { handler } from "./handler";
