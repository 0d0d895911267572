/** Reads the stages of every account and region of a rollout; one without access does not hide the others. */
import type { STSClient } from "@aws-sdk/client-sts";
import { messageOf } from "../../common/usage-error";
import { createApiGateway } from "../../lambda/api-gateway/api-gateway";
import type { Stage } from "../../lambda/api-gateway/stage";
import type { RolloutStages } from "../../modules";

/** Which versions of Node.js are supported, this package says: its user cannot change the version of its SDK. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/** What was found in one account and region. */
export type Lookup = { readonly target: RolloutStages } & (
  | { readonly stages: readonly Stage[]; readonly refusal?: undefined }
  | { readonly refusal: Refusal; readonly stages?: undefined }
);

/** Why nothing is known of an account and region. */
export interface Refusal {
  readonly message: string;
  /** What to do, imperative. */
  readonly fix: string;
}

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
export async function lookUpStages(targets: readonly RolloutStages[], options: LookupOptions): Promise<Lookup[]> {
  const lookups: Lookup[] = [];
  const waiting = targets.entries();
  const work = async (): Promise<void> => {
    for (const [index, target] of waiting) {
      lookups[index] = await lookUp(target, options);
      options.onTarget?.();
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency, targets.length) }, work));
  return lookups;
}

async function lookUp(target: RolloutStages, { role, onStage }: LookupOptions): Promise<Lookup> {
  try {
    const credentials = await credentialsFor(target, role);
    const { region } = target;
    const apiGateway = createApiGateway({ region, ...(credentials && { credentials }) });
    const stages: Stage[] = [];
    for await (const stage of apiGateway.stages()) {
      stages.push(stage);
      onStage?.();
    }
    return { target, stages };
  } catch (error) {
    return { target, refusal: error instanceof AccessError ? error : { message: messageOf(error), fix: fixOf(error) } };
  }
}

class AccessError extends Error implements Refusal {
  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message);
  }
}

/** What to do about errors of the AWS SDK, by their names; the first that matches counts. */
const FIXES: readonly (readonly [RegExp, string])[] = [
  [/^ExpiredToken|^TokenProviderError$/, "renew your credentials, such as by `aws sso login`"],
  [
    /^CredentialsProviderError$|^UnrecognizedClientException$|^InvalidClientTokenId$|^SignatureDoesNotMatch$/,
    "set credentials that the AWS CLI accepts: `aws sts get-caller-identity` must succeed",
  ],
  [/^AccessDenied/, "allow apigateway:GET to the role or user that looks"],
  [/^TooManyRequests|^Throttling/, "try again later, or with a lower --concurrency"],
];

const OTHER_FIX = "check the network, the region and the credentials";

function fixOf(error: unknown): string {
  const { name } = Object(error) as { readonly name?: unknown };
  return FIXES.find(([names]) => names.test(String(name)))?.[1] ?? OTHER_FIX;
}

/** Temporary credentials of a role. */
interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Limits the session to reading API Gateway, whatever the role may do. */
const READ_ONLY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "apigateway:GET", Resource: "*" }],
});

/** Distinguishes these calls from Terraform's in the account's CloudTrail. */
const SESSION_NAME = "cdktf-moesif-firehose-coverage";

/** An endpoint that does not answer must not hold up the others. */
const TIME_LIMITS = { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true };

/** Placeholder of the account's id in `--role`. */
const ACCOUNT = "{account}";

/**
 * Credentials for the account of a target: of `role`, else of the rollout's deployRole. Returns undefined where the
 * caller's own are used.
 *
 * @throws Error if there are none, or they belong to another account
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
async function credentialsFor(target: RolloutStages, role?: string): Promise<Credentials | undefined> {
  // Loaded when it is needed: no other command calls AWS.
  const { STSClient } = await import("@aws-sdk/client-sts");
  // Tokens of the region's own endpoint are valid in every region, also in those that must be opted into.
  const client = new STSClient({ region: target.region, requestHandler: TIME_LIMITS });
  const roleArn = role === undefined ? target.deployRole : roleArnOf(role, target);
  try {
    return await (roleArn === undefined ? checkOwnAccount(target, client) : assumeRole(roleArn, target, client));
  } finally {
    client.destroy();
  }
}

function roleArnOf(role: string, { partition, accountId }: RolloutStages): string {
  const arn = role.startsWith("arn:") ? role : `arn:${partition}:iam::${ACCOUNT}:role/${role}`;
  return arn.replaceAll(ACCOUNT, accountId);
}

async function checkOwnAccount({ accountId }: RolloutStages, client: STSClient): Promise<undefined> {
  const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const { Account } = await client.send(new GetCallerIdentityCommand({}));
  if (Account === accountId) return undefined;
  throw new AccessError(
    `your credentials belong to account ${Account}, expected ${accountId}`,
    "set deployRole in the rollout file, or name a role with --role",
  );
}

async function assumeRole(roleArn: string, { accountId }: RolloutStages, client: STSClient): Promise<Credentials> {
  const { AssumeRoleCommand } = await import("@aws-sdk/client-sts");
  const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: SESSION_NAME, Policy: READ_ONLY });
  const { Credentials: made, AssumedRoleUser: user } = await client.send(command).catch((error: unknown) => {
    const isDenied = /^AccessDenied/.test((error as Error).name);
    const fix = isDenied ? "let your credentials assume the role, or name another with --role" : fixOf(error);
    throw new AccessError(`${roleArn} cannot be assumed: ${messageOf(error)}`, fix);
  });
  const [, , , , account] = user?.Arn?.split(":") ?? [];
  if (account !== accountId) {
    throw new AccessError(
      `${roleArn} belongs to another account, expected ${accountId}`,
      `write ${ACCOUNT} for the account's id in --role`,
    );
  }
  return {
    accessKeyId: made!.AccessKeyId!,
    secretAccessKey: made!.SecretAccessKey!,
    sessionToken: made!.SessionToken!,
  };
}
