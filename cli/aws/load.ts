/** The clients of AWS that the build bundles for commands. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../common/package-root";
import { UsageError } from "../../common/usage-error";
import type * as services from "./services";

/** What the bundle exports. */
export type Services = typeof services;

/** @throws UsageError if the bundle was not built */
export async function loadServices(): Promise<Services> {
  const file = join(packageRoot(), "dist", "cli", "aws", "services.mjs");
  if (!existsSync(file)) throw new UsageError(`${file} is missing. Run "npm run build" first.`);
  return (await import(pathToFileURL(file).href)) as Services;
}
