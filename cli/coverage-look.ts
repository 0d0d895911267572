/** Looks at every account and region of a rollout, some at a time; one that cannot be reached does not hide the others. */
import { createApiGateway } from "../lambda/api-gateway/api-gateway";
import type { Stage } from "../lambda/api-gateway/stage";
import { messageOf } from "../common/usage-error";
import type { RolloutStages } from "../modules";
import { credentialsFor } from "./coverage-account";
import { type CoverageRow, coverageRows } from "./coverage-rows";

/** What was found in one account and region. */
export type Look = { readonly target: RolloutStages } & (
  | { readonly rows: readonly CoverageRow[]; readonly error?: undefined }
  /** Why nothing is known. */
  | { readonly error: string; readonly rows?: undefined }
);

/** How to look. */
export interface LookOptions {
  /** Whether every stage is wanted, and not those alone that the rollout file lists or matches. */
  readonly all?: boolean;
  /** Name of the role to assume in each account, or an ARN with `{account}`; by default the rollout's own. */
  readonly role?: string;
  /** How many accounts and regions at a time. */
  readonly concurrency: number;
  /** Is told of each stage as it is found. */
  readonly onStage?: () => void;
  /** Is told of each account and region that is done. */
  readonly onTarget?: () => void;
}

/** What was found in each target, in their order. Changes nothing in AWS. */
export async function lookAt(targets: readonly RolloutStages[], options: LookOptions): Promise<Look[]> {
  const looks: Look[] = [];
  const waiting = targets.entries();
  const work = async (): Promise<void> => {
    for (const [index, target] of waiting) {
      looks[index] = await look(target, options);
      options.onTarget?.();
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency, targets.length) }, work));
  return looks;
}

async function look(target: RolloutStages, { all, role, onStage }: LookOptions): Promise<Look> {
  try {
    const credentials = await credentialsFor(target, role);
    const { region } = target;
    const apiGateway = createApiGateway({ region, ...(credentials && { credentials }) });
    const stages: Stage[] = [];
    for await (const stage of apiGateway.stages()) {
      stages.push(stage);
      onStage?.();
    }
    return { target, rows: coverageRows(target, stages, all) };
  } catch (error) {
    return { target, error: messageOf(error) };
  }
}
