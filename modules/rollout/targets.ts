/** One target for each account and region of a rollout: what a stack is made from. */
import { posix, resolve } from "node:path";
import type { ApiType } from "../../lambda/api-gateway/stage";
import type { Metadata } from "../../lambda/transformer/settings";
import { partitionOf } from "../settings/regions";
import type { AccountEntry, RegionEntry, RolloutDocument } from "../settings/rollout";
import { mergeSettings } from "../settings/scopes";
import type { ApplicationIdSettings } from "../settings/secrets";
import { pipelineDefaults, type Settings } from "../settings/settings";
import { stateDefaults } from "../settings/state";

/** No target has this name: it ends in no region. */
const DASHBOARD_STACK = "moesif-dashboard";

/** A rollout file without mistakes. */
export interface Rollout extends RolloutDocument {
  /** The directory of the file, absolute: relative paths begin there. */
  readonly directory: string;
  /** As they are printed. */
  readonly warnings: readonly string[];
}

/** Merged settings; but for the name, defaults are left to the constructs. */
export interface TargetSettings extends Settings {
  name: string;
  applicationId: ApplicationIdSettings;
}

/** An API of a target. */
export interface TargetApi {
  readonly id: string;
  readonly name: string;
  readonly type: ApiType;
  readonly stages: readonly { readonly name: string; readonly overwrite: boolean }[];
  readonly version?: string;
  readonly tags: readonly string[];
  readonly metadata: Metadata;
}

/** Where the state of one stack is kept. */
export type TargetState =
  { readonly s3: S3State; readonly local?: undefined } | { readonly local: LocalState; readonly s3?: undefined };

/** State in an S3 bucket. */
export interface S3State {
  readonly bucket: string;
  readonly region: string;
  /** Key of this stack's state. */
  readonly key: string;
  readonly kmsKey?: string;
  readonly roleArn?: string;
}

/** State in a file. */
export interface LocalState {
  /** Absolute path of this stack's state. */
  readonly path: string;
}

/** One account and region. */
export interface RolloutTarget {
  /** `moesif-<account name>-<region>`. */
  readonly stackName: string;
  readonly account: {
    readonly id: string;
    readonly name: string;
    /** Default: the account's name. */
    readonly environment: string;
    /** ARN of the role to assume; without one, the caller's own credentials serve. */
    readonly deployRole?: string;
  };
  readonly region: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  readonly settings: TargetSettings;
  readonly apis: readonly TargetApi[];
  readonly state: TargetState;
}

/** The dashboard of all targets. */
export interface RolloutDashboardTarget {
  readonly stackName: string;
  readonly account: Pick<RolloutTarget["account"], "id" | "deployRole">;
  readonly region: string;
  readonly name?: string;
  readonly state: TargetState;
}

/** The name of the stack of one account and region. */
export function stackNameOf(account: string, region: string): string {
  return `moesif-${account}-${region}`;
}

/** The targets of a rollout, in the order of the file. */
export function rolloutTargets(rollout: Rollout): RolloutTarget[] {
  return rollout.accounts.flatMap((account) => account.regions.map((region) => target(rollout, account, region)));
}

/** Where the dashboard of a rollout is; `undefined` if it has none. */
export function rolloutDashboardTarget(rollout: Rollout): RolloutDashboardTarget | undefined {
  if (rollout.dashboard === undefined) return undefined;
  const { accountId, deployRole, region, name } = rollout.dashboard;
  const state = stateOf(rollout, DASHBOARD_STACK);
  return { stackName: DASHBOARD_STACK, account: { id: accountId, deployRole }, region, name, state };
}

function target(rollout: Rollout, account: AccountEntry, region: RegionEntry): RolloutTarget {
  const stackName = stackNameOf(account.name, region.name);
  const merged = mergeSettings([rollout.defaults, account.settings, region.settings]);
  return {
    stackName,
    account: {
      id: account.id,
      name: account.name,
      environment: account.environment ?? account.name,
      ...(account.deployRole !== undefined && { deployRole: account.deployRole }),
    },
    region: region.name,
    // A rollout that was read has, for each target, a partition and an application id: the cross-checks ask for them.
    partition: (region.partition ?? partitionOf(region.name))!,
    settings: { ...merged, name: merged.name ?? pipelineDefaults.name, applicationId: merged.applicationId! },
    apis: (region.apis ?? []).map(({ type, stages, metadata, tags, ...api }) => ({
      ...api,
      type: type ?? "REST",
      stages: (stages ?? []).map((stage) =>
        typeof stage === "string" ? { name: stage, overwrite: false } : { overwrite: false, ...stage },
      ),
      tags: tags ?? [],
      metadata: metadata ?? {},
    })),
    state: stateOf(rollout, stackName),
  };
}

function stateOf({ state, directory }: Rollout, stackName: string): TargetState {
  const file = `${stackName}.tfstate`;
  if (state?.s3) {
    const { keyPrefix, ...s3 } = state.s3;
    return { s3: { ...s3, key: posix.join(keyPrefix ?? "", file) } };
  }
  return { local: { path: resolve(directory, state?.local?.directory ?? stateDefaults.directory, file) } };
}
