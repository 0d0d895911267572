/** Reads the stages of every account and region of a rollout; one without access does not hide the others. */
import { concurrently } from "../../common/concurrently";
import { messageOf } from "../../common/usage-error";
import { createApiGateway } from "../../lambda/api-gateway/api-gateway";
import type { Stage } from "../../lambda/api-gateway/stage";
import type { RolloutStages } from "../../modules";
import { AccessError, credentialsFor, fixOf, type Refusal } from "../aws/access";

/** What was found in one account and region. */
export type Lookup = { readonly target: RolloutStages } & (
  | { readonly stages: readonly Stage[]; readonly refusal?: undefined }
  | { readonly refusal: Refusal; readonly stages?: undefined }
);

/** How to look. */
export interface LookupOptions {
  /** Name of the role to assume in each account, or an ARN with `{account}`; by default the rollout's own. */
  readonly role?: string;
  /** How many accounts and regions at a time. */
  readonly concurrency: number;
  /** Called for each stage. */
  readonly onStage?: () => void;
  /** Called for each account and region that is done. */
  readonly onTarget?: () => void;
}

/** Reads the stages of each target, and returns them in their order. Changes nothing in AWS. */
export function lookUpStages(targets: readonly RolloutStages[], options: LookupOptions): Promise<Lookup[]> {
  return concurrently(targets, options.concurrency, async (target) => {
    const lookup = await lookUp(target, options);
    options.onTarget?.();
    return lookup;
  });
}

async function lookUp(target: RolloutStages, { role, onStage }: LookupOptions): Promise<Lookup> {
  try {
    const credentials = await credentialsFor(target, { ...SESSION, role });
    const { region } = target;
    const apiGateway = createApiGateway({ region, ...(credentials && { credentials }) });
    const stages: Stage[] = [];
    for await (const stage of apiGateway.stages()) {
      stages.push(stage);
      onStage?.();
    }
    return { target, stages };
  } catch (error) {
    const refusal = error instanceof AccessError ? error : { message: messageOf(error), fix: fixOf(error, OWN_FIXES) };
    return { target, refusal };
  }
}

/** What to do about errors of API Gateway, by their names. */
const OWN_FIXES = [
  [/^AccessDenied/, "allow apigateway:GET to the role or user that looks"],
  [/^TooManyRequests|^Throttling/, "try again later, or with a lower --concurrency"],
] as const;

/** Limits the session to reading API Gateway. */
const SESSION = { name: "cdktf-moesif-firehose-coverage", actions: ["apigateway:GET"] };
