/** Where a stack of a rollout is deployed, and where its state is kept. */
import { dirname, join, relative, resolve } from "node:path";
import { AwsProvider } from "../aws";
import { App, LocalBackend, S3Backend, type TerraformStack } from "../cdk";
import { widenAwsProvider } from "../addresses";
import { escapeTemplate } from "../terraform-json";
import type { TargetState } from "./targets";

/** Tags every resource, and tells the folders of these stacks from others. */
export const MANAGED_BY = "cdktf-moesif-firehose";

/** Write-only arguments and lock files in S3 came with this version of Terraform. */
export const NEWEST_NEEDS = ">= 1.11.0";

/** What a stack is deployed with. */
interface Deployment {
  readonly account: { readonly id: string; readonly deployRole?: string };
  readonly region: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Gives a stack the provider of its account and region. */
export function addProvider(stack: TerraformStack, { account, region, tags }: Deployment): void {
  new AwsProvider(stack, "aws", {
    region,
    // A stack that is applied with the wrong credentials stops here.
    allowedAccountIds: [account.id],
    assumeRole:
      account.deployRole === undefined ? undefined : [{ roleArn: account.deployRole, sessionName: stack.node.id }],
    defaultTags: [{ tags: { "managed-by": MANAGED_BY, ...escaped(tags) } }],
  });
  widenAwsProvider(stack);
}

/** Gives a stack the place of its state. */
export function addBackend(stack: TerraformStack, state: TargetState): void {
  if (state.local) {
    // Relative to the stack's folder, so that the JSON holds no path of the machine that made it.
    const folder = resolve(App.of(stack).outdir, "stacks", stack.node.id);
    const path = join(relative(folder, dirname(state.local.path)), `${stack.node.id}.tfstate`);
    new LocalBackend(stack, { path });
    return;
  }
  const { bucket, region, key, kmsKey, roleArn } = state.s3;
  new S3Backend(stack, {
    bucket,
    region,
    key,
    encrypt: true,
    kmsKeyId: kmsKey,
    assumeRole: roleArn === undefined ? undefined : { roleArn },
  });
  stack.addOverride("terraform.backend.s3.use_lockfile", true);
}

/** Texts in which Terraform reads no template. */
export function escaped(texts: Readonly<Record<string, string>> | undefined): Record<string, string> | undefined {
  if (texts === undefined) return undefined;
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [escapeTemplate(key), escapeTemplate(text)]));
}
