/** What several sections need of AWS: limits of ids, names and ARNs, of tags and of the retention of logs; the parts of an ARN. */
import { choice, text } from "./values";

const retention = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html";
const tagging = "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html";

/** Tags of a resource, at most. */
export const MAX_TAGS = 50;

/** Days for which the logs of functions and of Firehose are kept, by default. */
export const LOG_RETENTION_DAYS = 30;

/** The days that CloudWatch Logs keeps events; 0 is forever. */
const RETENTIONS = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const awsLimits = {
  accountId: text(
    "^[0-9]{12}$",
    "an AWS account id of 12 digits",
    "an account id may begin with 0: write it in quotes",
  ),
  bucketName: text(
    "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
    "3 to 63 lowercase letters, digits, '.' or '-'",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
  ),
  secretArn: text(
    "^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[a-zA-Z0-9/_+=.@!-]+-[a-zA-Z0-9]{6}$",
    "the whole ARN of a secret, with the six characters that Secrets Manager appends",
    "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html",
  ),
  secretName: text(
    "^[a-zA-Z0-9/_+=.@!-]{1,512}$",
    "1 to 512 letters, digits or any of /_+=.@!-",
    "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html",
  ),
  kmsKey: text(
    "^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/.+|alias/.+)$",
    "the ARN of a KMS key, the ARN of an alias, or 'alias/<name>'",
    "https://docs.aws.amazon.com/kms/latest/developerguide/find-cmk-id-arn.html",
  ),
  kmsKeyArn: text(
    "^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$",
    "the ARN of a KMS key",
    "https://docs.aws.amazon.com/kms/latest/developerguide/find-cmk-id-arn.html",
  ),
  streamArn: text(
    "^arn:aws[a-z-]*:firehose:[a-z0-9-]+:[0-9]{12}:deliverystream/amazon-apigateway-[a-zA-Z0-9_-]{1,46}$",
    "the ARN of a delivery stream whose name begins with amazon-apigateway-",
    "API Gateway writes to no other: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-logging-to-kinesis.html",
  ),
  logGroupArn: text(
    "^arn:aws[a-z-]*:logs:[a-z0-9-]+:[0-9]{12}:log-group:[^:*]+$",
    "the ARN of a log group, without ':*' at its end",
    "HTTP and WebSocket APIs log to CloudWatch Logs only: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html",
  ),
  logRetentionDays: choice(RETENTIONS, `days; 0 keeps them forever: ${retention}`),
  regionName: text(
    "^[a-z0-9-]{1,32}$",
    "the name of a region in lowercase, such as us-east-1",
    "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html",
  ),
  partition: text(
    "^aws(-[a-z]+)*$",
    "the name of a partition, such as aws, aws-cn or aws-us-gov",
    "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html",
  ),
  /** Of all resources with tags, IAM takes the fewest characters. */
  tagKey: text(
    "^(?![aA][wW][sS]:)[A-Za-z0-9\\u00a0-\\uffff _.:/=+@-]{1,128}$",
    "1 to 128 letters, digits, spaces or any of _.:/=+-@ that do not begin with 'aws:'",
    tagging,
  ),
  tagValue: text(
    "^[A-Za-z0-9\\u00a0-\\uffff _.:/=+@-]{0,256}$",
    "at most 256 letters, digits, spaces or any of _.:/=+-@",
    tagging,
  ),
  /** Also keys that begin with `aws:`, which the stages of a CloudFormation stack have. */
  matchedTagKey: text("^.{1,128}$", "the key of a tag, 1 to 128 characters", tagging),
  matchedTagValue: text("^.{0,256}$", "the value of a tag, at most 256 characters", tagging),
} as const;

/** The parts of an Amazon Resource Name: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export interface Arn {
  readonly partition: string;
  /** Empty for a global service. */
  readonly region: string;
  readonly account: string;
}

/** Splits an ARN; gives nothing for what is none, such as a key's alias. */
export function parseArn(value: unknown): Arn | undefined {
  const [arn, partition = "", , region = "", account = ""] = typeof value === "string" ? value.split(":") : [];
  return arn === "arn" ? { partition, region, account } : undefined;
}
