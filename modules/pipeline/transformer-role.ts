/** The role of the transformer: each statement allows one thing that the function does, on the one resource it needs. */
import type { CloudwatchLogGroup, IamRole } from "../aws";
import { Construct } from "../cdk";
import type { PolicyStatement } from "../policy";
import { Checks } from "../settings/checks";
import { iamLimits } from "../settings/iam";
import type { AwsEnvironment } from "./aws-environment";
import type { BackupBucket } from "./backup-bucket";
import { streamName } from "./names";
import { objectEncryption, putEncrypted } from "./kms-key";
import { readSecret, type ReadableSecret } from "./secret-access";
import { allowIf, type IamProps, ofAccount, roleNamePrefix, ServiceRole } from "./service-role";
import { settingsPrefix } from "./settings-document";

export interface TransformerRoleProps extends IamProps {
  /** Name of the pipeline, whose settings the function reads, and to whose stream it puts back. */
  readonly name: string;
  readonly environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">;
  /** The bucket of the settings document. */
  readonly bucket: Pick<BackupBucket, "arn" | "kmsKeyArn">;
  readonly logGroup: Pick<CloudwatchLogGroup, "arn">;
  /** The secret of the application id, and whether the function reads it. */
  readonly applicationId: ReadableSecret & { readonly isRead: boolean };
  /** The secret of the key of hashes. */
  readonly hashKey?: ReadableSecret;
  /** Whether the function puts records back on the stream. */
  readonly putsBack: boolean;
  /** ARN of the customer's key that encrypts the stream, if there is one. */
  readonly streamKmsKeyArn?: string;
  /** Whether the function sends its traces to X-Ray. */
  readonly traces: boolean;
  /** Whether the function runs in a VPC. */
  readonly inVpc: boolean;
  readonly tags?: { [key: string]: string };
}

export class TransformerRole extends Construct {
  readonly resource: IamRole;
  readonly arn: string;
  readonly name: string;
  readonly policy: ServiceRole["policy"];

  /** @throws InvalidValueError if a literal is malformed */
  constructor(scope: Construct, id: string, props: TransformerRoleProps) {
    super(scope, id);
    const { applicationId, hashKey, environment } = props;
    new Checks(this).value("namePrefix", props.namePrefix, iamLimits.namePrefix).end();
    const role = new ServiceRole(this, "Default", {
      namePrefix: roleNamePrefix("transform", props.name, props),
      policyName: "transform",
      description: "Lambda: transforms API Gateway access logs for Moesif",
      service: "lambda.amazonaws.com",
      trustConditions: ofAccount(environment.accountId),
      statements: [
        {
          sid: "WriteLog",
          actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
          resources: [`${props.logGroup.arn}:log-stream:*`],
        },
        ...settingsStatements(props),
        ...allowIf(applicationId.isRead, readSecret("ApplicationId", applicationId, environment.region)),
        ...(hashKey ? readSecret("HashKey", hashKey, environment.region) : []),
        ...allowIf(props.putsBack, putBackStatements(props)),
        ...allowIf(props.traces, [TRACE]),
        ...allowIf(props.inVpc, [USE_VPC]),
      ],
      path: props.path,
      permissionsBoundary: props.permissionsBoundary,
      tags: props.tags,
    });
    this.resource = role.resource;
    this.arn = role.arn;
    this.name = role.name;
    this.policy = role.policy;
  }
}

/**
 * X-Ray has no resources of its own.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
 */
const TRACE: PolicyStatement = {
  sid: "Trace",
  actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  resources: ["*"],
};

/**
 * What Lambda does in the function's name; it demands these for all resources.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
const USE_VPC: PolicyStatement = {
  sid: "UseVpc",
  actions: [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ],
  resources: ["*"],
};

function settingsStatements({ name, bucket, environment }: TransformerRoleProps): PolicyStatement[] {
  const prefix = settingsPrefix(name);
  const resources = [`${bucket.arn}/${prefix}*`];
  const read = { sid: "ReadSettings", actions: ["s3:GetObject", "s3:GetObjectVersion"], resources };
  if (bucket.kmsKeyArn === undefined) return [read];
  const objects = { bucketArn: bucket.arn, prefix, kmsKeyArn: bucket.kmsKeyArn, region: environment.region };
  return [read, objectEncryption("DecryptSettings", ["kms:Decrypt"], objects)];
}

/** What does not fit into an answer goes back on the stream. Its ARN is built, since the stream refers to the function. */
function putBackStatements({ name, environment, streamKmsKeyArn }: TransformerRoleProps): PolicyStatement[] {
  const { partition, region, accountId } = environment;
  const stream = `arn:${partition}:firehose:${region}:${accountId}:deliverystream/${streamName(name)}`;
  const put = { sid: "PutBack", actions: ["firehose:PutRecordBatch"], resources: [stream] };
  return streamKmsKeyArn === undefined ? [put] : [put, putEncrypted("EncryptPutBack", streamKmsKeyArn, region)];
}
