/** What all Lambda functions of the package have in common: their code, as the build made it, and their log. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CloudwatchLogGroup } from "../aws";
import { AssetType, type Construct, TerraformAsset, TerraformStack } from "../cdk";
import { pinned } from "../addresses";
import { packageRoot } from "../package-root";
import { rules } from "../rules";
import { ValueChecks } from "../value-checks";

/** Where the zips lie beside a stack that is shipped with them; any other stack gets a copy, as an asset. */
const bundlePaths = new WeakMap<TerraformStack, (bundle: string) => string>();

/**
 * Says where the zips lie beside a stack, which then copies none.
 *
 * @param pathOf the path by the name of the bundle, as Terraform reads it, such as `${path.module}/transformer.zip`
 */
export function shipBundlesBeside(stack: TerraformStack, pathOf: (bundle: string) => string): void {
  bundlePaths.set(stack, pathOf);
}

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
  const beside = bundlePaths.get(TerraformStack.of(scope));
  return {
    filename: beside?.(bundle) ?? new TerraformAsset(scope, "bundle", { path, type: AssetType.FILE }).path,
    sourceCodeHash: createHash("sha256").update(readFileSync(path)).digest("base64"),
    handler: "index.handler",
  };
}

/**
 * The log group of a function. Lambda would make it by itself at the first invocation, without retention: the function
 * waits for it.
 *
 * @throws InvalidValueError if CloudWatch Logs does not offer the retention
 */
export function functionLog(
  scope: Construct,
  functionName: string,
  props: { readonly logRetentionDays?: number; readonly tags?: { [key: string]: string } },
): CloudwatchLogGroup {
  return pinned(
    new CloudwatchLogGroup(scope, "log", {
      name: `/aws/lambda/${functionName}`,
      retentionInDays: props.logRetentionDays ?? 30,
      tags: props.tags,
      lifecycle: new ValueChecks(scope.node.path)
        .check("logRetentionDays", props.logRetentionDays, rules.logRetentionDays)
        .lifecycle(),
    }),
  );
}
