/** Finds what the package ships with its compiled modules. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of this package, whether its code runs compiled from `dist/` or from source. */
export function packageRoot(from = __dirname): string {
  const manifest = join(from, "package.json");
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).name === "cdktf-moesif-firehose") return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`no package.json of cdktf-moesif-firehose above ${__dirname}`);
  return packageRoot(parent);
}
