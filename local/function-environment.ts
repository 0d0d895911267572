/** The environment variables of the function: its own and Lambda's, with local files and servers in place of AWS. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { FunctionDescription } from "./synthesized-stack";

/** What stands in for the services that the function talks to. */
export interface Surroundings {
  /** File that holds the application id, for the variable `APPLICATION_ID_SECRET`. */
  readonly secretFile: string;
  /** File that holds the key of hashes, for the variable `HASH_KEY_SECRET`. */
  readonly hashKeyFile: string;
  /** Origin of the stand-in for Moesif. */
  readonly moesifOrigin: string;
  /** Origin at which the stream takes records back from the function. */
  readonly firehoseOrigin: string;
}

/**
 * The variables of the function: its own, and those that Lambda sets
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html); the variable for the
 * endpoint points the AWS SDK here (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
 *
 * @param directory where the settings are written, and the code lies
 */
export function environmentOf(
  { name, memoryMegabytes, environment, settings }: FunctionDescription,
  region: string,
  directory: string,
  { secretFile, hashKeyFile, moesifOrigin, firehoseOrigin }: Surroundings,
): Record<string, string> {
  const variables: Record<string, string> = {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL_FIREHOSE: firehoseOrigin,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
    LAMBDA_TASK_ROOT: join(directory, "task"),
    ...environment,
  };
  if (settings) {
    const file = join(directory, "settings.json");
    const text = withOrigin(settings, moesifOrigin);
    writeFileSync(file, text);
    variables["SETTINGS_URL"] = pathToFileURL(file).href;
    if ("SETTINGS_SHA256" in environment)
      variables["SETTINGS_SHA256"] = createHash("sha256").update(text).digest("hex");
  }
  if ("APPLICATION_ID_SECRET" in environment) variables["APPLICATION_ID_SECRET"] = pathToFileURL(secretFile).href;
  if ("HASH_KEY_SECRET" in environment) variables["HASH_KEY_SECRET"] = pathToFileURL(hashKeyFile).href;
  return variables;
}

/** The settings with the stand-in in the place of Moesif's collector, or of a proxy, whose path is kept. */
function withOrigin(settings: NonNullable<FunctionDescription["settings"]>, origin: string): string {
  const { baseUrl } = settings;
  const path = typeof baseUrl === "string" && URL.canParse(baseUrl) ? new URL(baseUrl).pathname : "";
  return JSON.stringify({ ...settings, baseUrl: origin + path.replace(/\/$/, "") });
}
