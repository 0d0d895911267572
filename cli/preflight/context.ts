/** What the checks of one account and region share: its target, its stack, and clients that only read. */
import { messageOf } from "../../common/usage-error";
import type { RolloutStages } from "../../modules";
import type { Credentials } from "../aws/access";
import { fixOf } from "../aws/access";
import type { Services } from "../aws/load";
import type { Check } from "../checks";
import type { PlannedStack } from "../stacks";

export interface Context {
  readonly target: RolloutStages;
  readonly stack: PlannedStack;
  readonly aws: Services;
  /** Of every client. */
  readonly config: {
    readonly region: string;
    readonly credentials?: Credentials;
    readonly requestHandler: object;
    readonly maxAttempts: number;
  };
}

/** All that the session of `preflight` may do: it reads. */
export const ACTIONS = [
  "apigateway:GET",
  "firehose:ListDeliveryStreams",
  "firehose:ListTagsForDeliveryStream",
  "iam:GetRole",
  "iam:SimulatePrincipalPolicy",
  "kms:Decrypt",
  "lambda:GetAccountSettings",
  "lambda:GetFunction",
  "logs:DescribeLogGroups",
  "logs:ListTagsForResource",
  "s3:ListBucket",
  "secretsmanager:DescribeSecret",
  "secretsmanager:GetSecretValue",
  "servicequotas:ListServiceQuotas",
  "sts:GetCallerIdentity",
] as const;

/** A check by its id, and what it asks AWS. */
export interface Question {
  readonly id: string;
  readonly subject: string;
  /** What the check needs, of which AWS may refuse one. */
  readonly action: (typeof ACTIONS)[number];
  readonly ask: () => Promise<Answer | readonly Check[]>;
}

type Answer = Pick<Check, "result" | "cause" | "fix">;

/** The checks of a question. What AWS does not answer is unknown, and hides no other check. */
export async function checksOf({ id, subject, action, ask }: Question): Promise<readonly Check[]> {
  try {
    const answer = await ask();
    return "result" in answer ? [{ id, subject, ...answer }] : answer;
  } catch (error) {
    if (isDefect(error)) throw error;
    const fix = fixOf(error, [[/^AccessDenied|^Forbidden|^403$/, `allow ${action} to the role or user that checks`]]);
    return [{ id, subject, result: "unknown", cause: messageOf(error), fix }];
  }
}

/** Whether an error is one of this code, and not of AWS or the network. */
export function isDefect(error: unknown): boolean {
  return error instanceof TypeError || error instanceof ReferenceError;
}

export const ok = (cause?: string): Answer => ({ result: "ok", ...(cause !== undefined && { cause }) });
export const problem = (cause: string, fix: string): Answer => ({ result: "problem", cause, fix });
export const unknown = (cause: string, fix: string): Answer => ({ result: "unknown", cause, fix });

/** Whether an error of AWS says that there is no such thing. */
export function isMissing(error: unknown): boolean {
  const { name, $metadata } = Object(error) as { name?: string; $metadata?: { httpStatusCode?: number } };
  return /NotFound|^NoSuch/.test(name ?? "") || $metadata?.httpStatusCode === 404;
}
