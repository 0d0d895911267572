/** Where the package lies, whether this code runs compiled from dist/ or from its source. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const PACKAGE_NAME = "cdktf-moesif-firehose";

/** The nearest folder upwards whose package.json is this package's. */
export function packageRoot(from: string = __dirname): string {
  const file = join(from, "package.json");
  if (existsSync(file) && (JSON.parse(readFileSync(file, "utf8")) as { name?: string }).name === PACKAGE_NAME)
    return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`There is no package.json of ${PACKAGE_NAME} above ${__dirname}.`);
  return packageRoot(parent);
}

/** The sample log that ships with the package. */
export function sampleLog(): string {
  return join(packageRoot(), "local", "sample", "access-logs.ndjson.gz");
}
