/** The role of the transformer: each statement allows one thing that the function does, on the one resource it needs. */
import type { CloudwatchLogGroup } from "../aws";
import { Construct } from "../cdk";
import { ValueChecks } from "../value-checks";
import { isGiven, type Whether } from "../whether";
import type { AwsEnvironment } from "./aws-environment";
import type { BackupBucket } from "./backup-bucket";
import { streamName } from "./delivery-stream";
import { objectEncryption, putEncrypted } from "./kms-key";
import { checkKey, readSecret, type ReadableSecret } from "./secret-access";
import { allowIf, type IamProps, type RoleStatement, ServiceRole } from "./service-role";
import { settingsPrefix } from "./settings-document";

export interface TransformerRoleProps extends IamProps {
  /** Name of the pipeline, whose settings the function reads, and to whose stream it puts back. */
  readonly name: string;
  readonly environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">;
  /** The bucket of the settings document. */
  readonly bucket: Pick<BackupBucket, "arn" | "kmsKeyArn">;
  readonly logGroup: Pick<CloudwatchLogGroup, "arn">;
  /** The secret of the application id, and whether the function reads it. */
  readonly applicationId: ReadableSecret & { readonly isRead: Whether };
  /** The secret of the key of hashes; as a plan-time value its ARN may be null. */
  readonly hashKey?: ReadableSecret;
  /** Whether the function puts records back on the stream. */
  readonly putsBack: Whether;
  /** ARN of the customer's key that encrypts the stream, if there is one; a plan-time value may be null. */
  readonly streamKmsKeyArn?: string;
  readonly tags?: { [key: string]: string };
}

export class TransformerRole extends Construct {
  readonly arn: string;
  readonly policy: ServiceRole["policy"];

  /** @throws InvalidValueError if `path` or `permissionsBoundary` is malformed */
  constructor(scope: Construct, id: string, props: TransformerRoleProps) {
    super(scope, id);
    const { applicationId, hashKey, environment } = props;
    const checks = new ValueChecks(this.node.path);
    if (applicationId.isRead !== false) checkKey("applicationId", applicationId, checks);
    if (hashKey) checkKey("hashKey", hashKey, checks);
    const role = new ServiceRole(this, "Default", {
      namePrefix: "moesif-transform-",
      description: "Lambda: transforms API Gateway access logs for Moesif",
      service: "lambda.amazonaws.com",
      statements: [
        {
          sid: "WriteLog",
          actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
          resources: [`${props.logGroup.arn}:log-stream:*`],
        },
        ...settingsStatements(props),
        ...allowIf(applicationId.isRead, readSecret("ApplicationId", applicationId, environment.region)),
        ...(hashKey ? allowIf(isGiven(hashKey.secretArn), readSecret("HashKey", hashKey, environment.region)) : []),
        ...allowIf(props.putsBack, putBackStatements(props)),
      ],
      checks,
      path: props.path,
      permissionsBoundary: props.permissionsBoundary,
      tags: props.tags,
    });
    this.arn = role.arn;
    this.policy = role.policy;
  }
}

function settingsStatements({ name, bucket, environment }: TransformerRoleProps): RoleStatement[] {
  const prefix = settingsPrefix(name);
  return [
    // The prefix, not the one object: while settings change, environments of both documents start.
    { sid: "ReadSettings", actions: ["s3:GetObject"], resources: [`${bucket.arn}/${prefix}*`] },
    ...allowIf(isGiven(bucket.kmsKeyArn), [
      objectEncryption("DecryptSettings", ["kms:Decrypt"], {
        bucketArn: bucket.arn,
        prefix,
        kmsKeyArn: bucket.kmsKeyArn!,
        region: environment.region,
      }),
    ]),
  ];
}

/** What does not fit into an answer goes back on the stream. Its ARN is built, since the stream refers to the function. */
function putBackStatements({ name, environment, streamKmsKeyArn }: TransformerRoleProps): RoleStatement[] {
  const { partition, region, accountId } = environment;
  const stream = `arn:${partition}:firehose:${region}:${accountId}:deliverystream/${streamName(name)}`;
  return [
    { sid: "PutBack", actions: ["firehose:PutRecordBatch"], resources: [stream] },
    ...allowIf(isGiven(streamKmsKeyArn), [putEncrypted("EncryptPutBack", streamKmsKeyArn!, region)]),
  ];
}
