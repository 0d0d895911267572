/** Credentials for the accounts of a rollout, in sessions that may do no more than a command needs. */
import type { STSClient } from "@aws-sdk/client-sts";
import { printableLine } from "../../common/print";
import { messageOf } from "../../common/usage-error";
import type { RolloutStages } from "../../modules";

/** Which versions of Node.js are supported, this package says: its user cannot change the version of its SDK. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/** Why nothing is known of an account and region. */
export interface Refusal {
  readonly message: string;
  /** What to do, imperative. */
  readonly fix: string;
}

/** An account and region, and why nothing is known of it, if so. */
export interface Refused {
  readonly target: Pick<RolloutStages, "accountId" | "accountName" | "region">;
  readonly refusal?: Refusal;
}

/** A message for each account without access and each reason, with the regions that it concerns. */
export function refusalMessages(found: readonly Refused[]): string[] {
  const regions = new Map<string, string[]>();
  const messages = new Map<string, (regions: string) => string>();
  for (const { target, refusal } of found) {
    if (refusal === undefined) continue;
    const { accountId, accountName, region } = target;
    const message = (names: string) =>
      `account ${accountId} (${accountName}), ${names}: ${printableLine(refusal.message)}  [no-access]\n  fix: ${refusal.fix}`;
    messages.set(message(""), message);
    regions.set(message(""), [...(regions.get(message("")) ?? []), region]);
  }
  return [...messages].map(([key, message]) => message(regions.get(key)!.join(", ")));
}

/** An account that cannot be used. */
export class AccessError extends Error implements Refusal {
  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message);
  }
}

/** Temporary credentials of a role. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** The account of which credentials are needed, and the role of its own that the rollout names. */
export type Account = Pick<RolloutStages, "accountId" | "region" | "partition" | "deployRole">;

/** What the credentials are for. */
export interface Session {
  /** Distinguishes the calls of a command from Terraform's in the account's CloudTrail. */
  readonly name: string;
  /** All that the session may do, whatever the role may do. */
  readonly actions: readonly string[];
  /** Name of the role to assume, or an ARN with `{account}`; by default the rollout's own. */
  readonly role?: string | undefined;
}

/** What to do about errors of the AWS SDK, by their names; the first that matches counts. */
const FIXES: readonly (readonly [RegExp, string])[] = [
  [/^ExpiredToken|^TokenProviderError$/, "renew your credentials, such as by `aws sso login`"],
  [
    /^CredentialsProviderError$|^UnrecognizedClientException$|^InvalidClientTokenId$|^SignatureDoesNotMatch$/,
    "set credentials that the AWS CLI accepts: `aws sts get-caller-identity` must succeed",
  ],
];

const OTHER_FIX = "check the network, the region and the credentials";

/**
 * What to do about an error of the AWS SDK.
 *
 * @param own what to do about other errors, such as of a missing permission
 */
export function fixOf(error: unknown, own: readonly (readonly [RegExp, string])[] = []): string {
  const { name } = Object(error) as { readonly name?: unknown };
  return [...FIXES, ...own].find(([names]) => names.test(String(name)))?.[1] ?? OTHER_FIX;
}

/** An endpoint that does not answer must not hold up the others. */
export const TIME_LIMITS = { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true };

/** Placeholder of the account's id in `--role`. */
const ACCOUNT = "{account}";

/**
 * Credentials for an account: of `role`, else of the rollout's deployRole. Returns undefined where the caller's own are
 * used.
 *
 * @throws Error if there are none, or they belong to another account
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export async function credentialsFor(account: Account, session: Session): Promise<Credentials | undefined> {
  // Loaded when it is needed: most commands do not call AWS.
  const { STSClient } = await import("@aws-sdk/client-sts");
  // Tokens of the region's own endpoint are valid in every region, also in those that must be opted into.
  const client = new STSClient({ region: account.region, requestHandler: TIME_LIMITS });
  const roleArn = session.role === undefined ? account.deployRole : roleArnOf(session.role, account);
  try {
    return await (roleArn === undefined
      ? checkOwnAccount(account, client)
      : assumeRole(roleArn, account, session, client));
  } finally {
    client.destroy();
  }
}

function roleArnOf(role: string, { partition, accountId }: Account): string {
  const arn = role.startsWith("arn:") ? role : `arn:${partition}:iam::${ACCOUNT}:role/${role}`;
  return arn.replaceAll(ACCOUNT, accountId);
}

async function checkOwnAccount({ accountId }: Account, client: STSClient): Promise<undefined> {
  const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const { Account } = await client.send(new GetCallerIdentityCommand({}));
  if (Account === accountId) return undefined;
  throw new AccessError(
    `your credentials belong to account ${Account}, expected ${accountId}`,
    "set deployRole in the rollout file, or name a role with --role",
  );
}

async function assumeRole(
  roleArn: string,
  { accountId }: Account,
  { name, actions }: Session,
  client: STSClient,
): Promise<Credentials> {
  const { AssumeRoleCommand } = await import("@aws-sdk/client-sts");
  const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: name, Policy: sessionPolicy(actions) });
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
    expiration: made!.Expiration!,
  };
}

/** At most 2,048 characters: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
function sessionPolicy(actions: readonly string[]): string {
  const Action = actions.length === 1 ? actions[0] : actions;
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
}
