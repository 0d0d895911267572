/** Whose credentials look at an account, and that they are of that account. */
import type { STSClient } from "@aws-sdk/client-sts";
import { messageOf } from "../common/usage-error";
import type { RolloutStages } from "../modules";

/** Temporary credentials of a role. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Whatever the role may do: these credentials read API Gateway, and no more. */
const READ_ALONE = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "apigateway:GET", Resource: "*" }],
});

/** By which the account's trail tells these calls from Terraform's. */
const SESSION_NAME = "cdktf-moesif-firehose-coverage";

/** An endpoint that is not there must not hold up the others. */
const TIME_LIMITS = { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true };

/** What stands for the account's id in `--role`. */
const ACCOUNT = "{account}";

/**
 * Credentials for the account of a target: of the role that is named, else of the rollout's own; without either there
 * are none, and the caller's own serve.
 *
 * @param role name of a role, or an ARN with `{account}` for the account's id
 * @throws Error that says why there are none, or that they are of another account
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export async function credentialsFor(target: RolloutStages, role?: string): Promise<Credentials | undefined> {
  // Loaded when it is needed: no other command asks AWS anything.
  const { STSClient } = await import("@aws-sdk/client-sts");
  // The region's own endpoint: its tokens are valid in every region, also in those that must be opted into.
  const client = new STSClient({ region: target.region, requestHandler: TIME_LIMITS });
  const roleArn = role === undefined ? target.deployRole : roleArnOf(role, target);
  try {
    return await (roleArn === undefined ? ownOf(target, client) : assumed(roleArn, target, client));
  } finally {
    client.destroy();
  }
}

/** The ARN of the role that `--role` means in an account. */
export function roleArnOf(role: string, { partition, accountId }: RolloutStages): string {
  const arn = role.startsWith("arn:") ? role : `arn:${partition}:iam::${ACCOUNT}:role/${role}`;
  return arn.replaceAll(ACCOUNT, accountId);
}

async function ownOf(target: RolloutStages, client: STSClient): Promise<undefined> {
  const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const { Account } = await client.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
    throw new Error(`there are no credentials that work: ${messageOf(error)}`);
  });
  if (Account === target.accountId) return undefined;
  throw new Error(
    `your credentials are of account ${Account}, and not of ${target.accountId}: ` +
      `write deployRole in the rollout file, or name a role with --role`,
  );
}

async function assumed(roleArn: string, target: RolloutStages, client: STSClient): Promise<Credentials> {
  const { AssumeRoleCommand } = await import("@aws-sdk/client-sts");
  const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: SESSION_NAME, Policy: READ_ALONE });
  const { Credentials: made, AssumedRoleUser: user } = await client.send(command).catch((error: unknown) => {
    throw new Error(`${roleArn} cannot be assumed: ${messageOf(error)}`);
  });
  const [, , , , account] = user?.Arn?.split(":") ?? [];
  if (account !== target.accountId) {
    throw new Error(`${roleArn} is of another account than ${target.accountId}: write ${ACCOUNT} for the account's id`);
  }
  return {
    accessKeyId: made!.AccessKeyId!,
    secretAccessKey: made!.SecretAccessKey!,
    sessionToken: made!.SessionToken!,
  };
}
