/** The stacks of a rollout as Terraform will see them: what each creates, by its names and settings. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { UsageError } from "../common/usage-error";
import { synthesizeRollout } from "../modules";

/** Arguments of a resource, as they are in Terraform JSON. */
export type Attributes = Readonly<Record<string, unknown>>;

/** One stack, synthesized. */
export interface PlannedStack {
  readonly name: string;
  /** The resources of a type, in the order of the stack. */
  resources<T extends Attributes>(type: string): T[];
  /** What the stack reads of what exists, by its type and name. */
  data<T extends Attributes>(type: string): Readonly<Record<string, T>>;
  /** Tags of every resource. */
  readonly tags: Readonly<Record<string, string>>;
  /** The bucket of Terraform's state; `undefined` where it is in a file. */
  readonly stateBucket?: { readonly bucket: string; readonly region: string; readonly roleArn?: string };
}

/** The stacks of a rollout file. */
export function plannedStacks(rollout: string): PlannedStack[] {
  return [...terraformJsonOf(rollout)].map(([name, json]) => plannedStack(name, json));
}

/** What Terraform gets of each stack of a rollout file, by the stack's name. It is synthesized in a temporary folder. */
export function terraformJsonOf(rollout: string): Map<string, TerraformJson> {
  const folder = mkdtempSync(join(tmpdir(), "moesif-stacks-"));
  try {
    const { folders } = synthesizeRollout(rollout, folder);
    return new Map(folders.map((one) => [basename(one), JSON.parse(readFileSync(join(one, "cdk.tf.json"), "utf8"))]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Blocks = Readonly<Record<string, Readonly<Record<string, Attributes>>>>;

/** A stack in Terraform's JSON. */
export interface TerraformJson {
  readonly resource: Blocks;
  readonly data?: Blocks;
  readonly provider: {
    readonly aws: readonly [{ readonly default_tags: readonly [{ tags: Record<string, string> }] }];
  };
  readonly terraform: {
    readonly backend: { readonly s3?: { bucket: string; region: string; assume_role?: { role_arn: string } } };
  };
}

function plannedStack(name: string, { resource, data, provider, terraform }: TerraformJson): PlannedStack {
  const { s3 } = terraform.backend;
  return {
    name,
    resources: <T extends Attributes>(type: string) => Object.values(resource[type] ?? {}) as T[],
    data: <T extends Attributes>(type: string) => (data?.[type] ?? {}) as Record<string, T>,
    tags: provider.aws[0].default_tags[0].tags,
    ...(s3 && { stateBucket: { bucket: s3.bucket, region: s3.region, roleArn: s3.assume_role?.role_arn } }),
  };
}

/**
 * What `--stack` chooses of a rollout's targets.
 *
 * @throws UsageError that lists the stacks if there is none of a name
 */
export function chosenStacks<T>(
  targets: readonly T[],
  names: readonly string[] | undefined,
  nameOf: (target: T) => string,
): readonly T[] {
  if (names === undefined) return targets;
  const known = targets.map(nameOf);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return targets.filter((target) => names.includes(nameOf(target)));
  throw new UsageError(`--stack: there is no stack ${unknown}. There are: ${known.join(", ")}.`);
}
