/** The clients of AWS by which `verify` checks one account and region. */
import { loadServices, type Services } from "../aws/load";
import { type Account, type Credentials, credentialsFor } from "../aws/access";

/** All that the session of a role may do: it reads, and puts the records of the verification on the stream. */
export const ACTIONS = [
  "apigateway:GET",
  "cloudwatch:GetMetricData",
  "firehose:DescribeDeliveryStream",
  "firehose:PutRecord",
  "iam:GetRole",
  "iam:GetRolePolicy",
  "kms:Decrypt",
  "kms:GenerateDataKey",
  "lambda:GetFunction",
  "logs:DescribeLogGroups",
  "logs:DescribeLogStreams",
  "logs:DescribeSubscriptionFilters",
  "logs:FilterLogEvents",
  "s3:GetBucketPublicAccessBlock",
  "s3:GetObject",
  "s3:GetObjectVersion",
  "s3:ListBucket",
  "secretsmanager:DescribeSecret",
  "secretsmanager:GetSecretValue",
];

/** Time limits of one request. */
const REQUEST = { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true };

export type Clients = Awaited<ReturnType<typeof connect>>;

/**
 * Connects to an account and region.
 *
 * @throws Error if there are no credentials, or they belong to another account
 */
export async function connect(account: Account, role: string | undefined) {
  const credentials = await credentialsFor(account, { name: "cdktf-moesif-firehose-verify", actions: ACTIONS, role });
  return clientsOf(await loadServices(), account.region, credentials);
}

/** Clients of a region. */
export function clientsOf(services: Services, region: string, credentials: Credentials | undefined) {
  const config = { region, requestHandler: REQUEST, ...(credentials && { credentials }) };
  return {
    services,
    credentials,
    cloudWatch: new services.CloudWatchClient(config),
    firehose: new services.FirehoseClient(config),
    iam: new services.IAMClient(config),
    lambda: new services.LambdaClient(config),
    logs: new services.CloudWatchLogsClient(config),
    s3: new services.S3Client({ ...config, followRegionRedirects: true }),
    secretsManager: new services.SecretsManagerClient(config),
  };
}
