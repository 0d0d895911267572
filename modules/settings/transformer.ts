/** `transformer`: the function that transforms the records, and how they pass it. */
import { awsLimits, LOG_RETENTION_DAYS } from "./aws";
import { MAX_WAIT_SECONDS } from "./delivery";
import { about, choice, decimal, flag, list, section, setting, text, valueOf, wholeNumber } from "./values";

const lambda = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html";
const vpc = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html";

export const transformerLimits = {
  memoryMb: wholeNumber(128, 10240, "MB", lambda),
  timeoutSeconds: wholeNumber(
    1,
    300,
    "seconds",
    "Firehose waits at most five minutes: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html",
  ),
  reservedConcurrency: wholeNumber(
    -1,
    1_000_000,
    "concurrent executions; -1 reserves none",
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
  ),
  runtime: text(
    "^nodejs(2[0-9]|[3-9][0-9])[.]x$",
    "a Node.js runtime from nodejs20.x, such as nodejs22.x",
    "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
  ),
  architecture: choice(["arm64", "x86_64"], "https://docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html"),
  subnetId: text("^subnet-[a-z0-9]+$", "the id of a subnet, such as subnet-0123456789abcdef0", vpc),
  securityGroupId: text("^sg-[a-z0-9]+$", "the id of a security group, such as sg-0123456789abcdef0", vpc),
  codeSigningConfigArn: text(
    "^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:code-signing-config:csc-[a-z0-9]{17}$",
    "the ARN of a code signing configuration",
    "https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionCodeSigningConfig.html",
  ),
  bufferSizeMb: decimal(0.2, 3, "MB", "https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html"),
  bufferIntervalSeconds: wholeNumber(
    0,
    MAX_WAIT_SECONDS,
    "seconds",
    "Firehose allows 0 to 900 s, but an event that reaches Moesif more than five minutes late may miss its alerts and bills",
  ),
  retries: wholeNumber(
    0,
    300,
    "retries",
    "https://docs.aws.amazon.com/firehose/latest/APIReference/API_ProcessorParameter.html",
  ),
} as const;

export const transformerDefaults = {
  enabled: true,
  passThrough: false,
  memoryMb: 256,
  timeoutSeconds: 60,
  reservedConcurrency: -1,
  runtime: "nodejs22.x",
  architecture: "arm64",
  logRetentionDays: LOG_RETENTION_DAYS,
  tracing: false,
} as const;

/** What AWS takes where a parameter of the processor is left out; the AWS provider does not store these values. */
export const AWS_BUFFER_DEFAULTS = { bufferSizeMb: 1, bufferIntervalSeconds: 60, retries: 3 } as const;

/** Scopes merge key by key. */
export const transformerSection = section({
  enabled: flag(
    "Whether records pass the transformer. Without it they leave as API Gateway wrote them, secrets included, and metadata and API names do not reach Moesif; refused together with redaction, filter, sampling, identity and hashKey. To turn off everything but the redaction, set passThrough.",
    transformerDefaults.enabled,
  ),
  passThrough: flag(
    "The kill switch: filter, sampling and enrichment are off; the redaction never is.",
    transformerDefaults.passThrough,
  ),
  memoryMb: setting(transformerLimits.memoryMb, "Memory of the function, in MB.", transformerDefaults.memoryMb),
  timeoutSeconds: setting(
    transformerLimits.timeoutSeconds,
    "Timeout of the function, in seconds.",
    transformerDefaults.timeoutSeconds,
  ),
  reservedConcurrency: setting(
    transformerLimits.reservedConcurrency,
    "Concurrent executions reserved for the function.",
    transformerDefaults.reservedConcurrency,
  ),
  runtime: setting(
    transformerLimits.runtime,
    "Runtime of the function. AWS deprecates nodejs22.x on 30 April 2027; nodejs24.x requires version 6.19 of the AWS provider.",
    transformerDefaults.runtime,
  ),
  architecture: setting(
    transformerLimits.architecture,
    "Processor architecture of the function.",
    transformerDefaults.architecture,
  ),
  logRetentionDays: setting(
    awsLimits.logRetentionDays,
    "Days for which the function's log is kept.",
    transformerDefaults.logRetentionDays,
  ),
  tracing: flag("Whether Lambda sends traces of the invocations to X-Ray.", transformerDefaults.tracing),
  vpc: section({
    subnetIds: list(valueOf(transformerLimits.subnetId), "ids of subnets", 1).meta(
      about("Subnets of the target's region. They need a route to S3, Secrets Manager, Firehose and Moesif."),
    ),
    securityGroupIds: list(valueOf(transformerLimits.securityGroupId), "ids of security groups", 1).meta(
      about("Security groups of the same VPC."),
    ),
  })
    .optional()
    .meta(about(`The VPC that the function runs in, none if left out. An override replaces it whole. (${vpc})`)),
  codeSigningConfigArn: setting(
    transformerLimits.codeSigningConfigArn,
    "Code signing configuration of the function, in the target's region.",
  ),
  bufferSizeMb: setting(
    transformerLimits.bufferSizeMb,
    "MB that Firehose buffers before it calls the function, 1 if left out. Requires bufferIntervalSeconds.",
  ),
  bufferIntervalSeconds: setting(
    transformerLimits.bufferIntervalSeconds,
    "Seconds for which Firehose buffers records before it calls the function, 60 if left out. Requires bufferSizeMb.",
  ),
  retries: setting(transformerLimits.retries, "How often Firehose retries a failed invocation, 3 if left out."),
});

interface Runtime {
  /** When AWS deprecates it. */
  readonly deprecated: string;
  /** The version of the AWS provider that it requires, if it is newer than the oldest supported one. */
  readonly provider?: string;
}

/**
 * The runtimes of which something is to be said.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 * @see https://github.com/hashicorp/terraform-provider-aws/issues/44986
 */
export const RUNTIMES: Readonly<Record<string, Runtime>> = {
  "nodejs20.x": { deprecated: "2026-04-30" },
  "nodejs22.x": { deprecated: "2027-04-30" },
  "nodejs24.x": { deprecated: "2028-04-30", provider: "6.19" },
};

/** Runtimes are warned of when they have less than this left. */
const NOTICE_DAYS = 180;

/**
 * What is to be said of a runtime.
 *
 * @param today in milliseconds since 1970
 */
export function runtimeWarning(runtime: string, today = Date.now()): { message: string; fix: string } | undefined {
  const { deprecated, provider } = RUNTIMES[runtime] ?? {};
  const daysLeft = deprecated === undefined ? Infinity : (Date.parse(deprecated) - today) / 86_400_000;
  if (daysLeft < NOTICE_DAYS) {
    const verb = daysLeft < 0 ? "deprecated" : "deprecates";
    const newest = Object.keys(RUNTIMES).at(-1)!;
    return {
      message: `AWS ${verb} the runtime ${runtime} on ${deprecated}`,
      fix:
        runtime === newest
          ? "use a newer runtime"
          : `use ${newest}, which requires version ${RUNTIMES[newest]!.provider} of the AWS provider`,
    };
  }
  if (provider === undefined) return undefined;
  return {
    message: `the runtime ${runtime} requires version ${provider} of the AWS provider`,
    fix: `pin the AWS provider to >= ${provider}, or use ${transformerDefaults.runtime}`,
  };
}
