/** What all Lambda functions of the package have in common: their code, as the build made it, and their log. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { CloudwatchLogGroup } from "../aws";
import { AssetType, type Construct, TerraformAsset } from "../cdk";
import { pinned } from "../addresses";
import { packageRoot } from "../../common/package-root";
import { awsLimits, LOG_RETENTION_DAYS } from "../settings/aws";
import { Checks } from "../settings/checks";

/**
 * The zip that the build made of a function.
 *
 * @param bundle its name, such as `transformer`
 * @throws Error if the bundle was not built
 */
export function builtBundle(bundle: string): string {
  const path = join(packageRoot(), "dist", "lambda", `${bundle}.zip`);
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`npm run build\``);
  return path;
}

/**
 * The arguments of `aws_lambda_function` that say what runs: the zip that the build made, its hash as Lambda states it,
 * and the function in it.
 *
 * @param bundle name of the zip, such as `transformer`
 * @throws Error if the bundle was not built
 */
export function functionCode(scope: Construct, bundle: string) {
  const path = builtBundle(bundle);
  const { mtimeMs } = statSync(path);
  const known = hashes.get(path);
  const isKnown = known?.mtimeMs === mtimeMs;
  const asset = new TerraformAsset(scope, "bundle", {
    path,
    type: AssetType.FILE,
    ...(isKnown && { assetHash: known.assetHash }),
  });
  const sourceCodeHash = isKnown
    ? known.sourceCodeHash
    : createHash("sha256").update(readFileSync(path)).digest("base64");
  hashes.set(path, { mtimeMs, sourceCodeHash, assetHash: asset.assetHash });
  return { filename: asset.path, sourceCodeHash, handler: "index.handler" };
}

/** By path, with the time at which the zip was written: one of a hundred stacks reads it. */
const hashes = new Map<
  string,
  { readonly mtimeMs: number; readonly sourceCodeHash: string; readonly assetHash: string }
>();

/**
 * The log group of a function. Lambda would make it by itself at the first invocation, without retention: the function
 * waits for it.
 *
 * @throws InvalidValueError if CloudWatch Logs does not offer the retention
 */
export function functionLog(
  scope: Construct,
  functionName: string,
  props: {
    readonly logRetentionDays?: number;
    readonly logKmsKeyArn?: string;
    readonly tags?: { [key: string]: string };
  },
): CloudwatchLogGroup {
  new Checks(scope)
    .value("logRetentionDays", props.logRetentionDays, awsLimits.logRetentionDays)
    .value("logKmsKeyArn", props.logKmsKeyArn, awsLimits.kmsKeyArn)
    .end();
  return pinned(
    new CloudwatchLogGroup(scope, "log", {
      name: `/aws/lambda/${functionName}`,
      retentionInDays: props.logRetentionDays ?? LOG_RETENTION_DAYS,
      kmsKeyId: props.logKmsKeyArn,
      tags: props.tags,
      lifecycle: { createBeforeDestroy: true },
    }),
  );
}
