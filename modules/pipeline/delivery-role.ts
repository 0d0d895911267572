/** The role of the delivery stream: each statement allows one thing that Firehose does, on the one resource it needs. */
import type { IamRole } from "../aws";
import { Construct } from "../cdk";
import { type ProviderProps, provideTo } from "../addresses";
import type { PolicyStatement } from "../policy";
import { Checks } from "../settings/checks";
import { iamLimits } from "../settings/iam";
import type { ApplicationId } from "./application-id";
import type { AwsEnvironment } from "./aws-environment";
import { type BackupBucket, deliveryPrefix } from "./backup-bucket";
import { objectEncryption } from "./kms-key";
import { readSecret } from "./secret-access";
import { type IamProps, roleNamePrefix, ServiceRole } from "./service-role";

/** Properties of the delivery role. */
export interface DeliveryRoleProps extends IamProps, ProviderProps {
  /** Name of the pipeline, under which its stream writes to the bucket. */
  readonly name: string;
  /** The account and region of the stream. */
  readonly environment: Pick<AwsEnvironment, "accountId" | "region">;
  /** The bucket that the stream writes to. */
  readonly bucket: Pick<BackupBucket, "arn" | "kmsKeyArn">;
  /** ARN of the function as the stream invokes it, qualifier included. */
  readonly transformerArn: string;
  /** ARNs of the log streams that Firehose writes its errors to. */
  readonly errorLogStreamArns: string[];
  /** The secret that the stream reads. */
  readonly applicationId: Pick<ApplicationId, "secretArn" | "kmsKeyArn">;
  /**
   * What Firehose must show to assume the role. `externalId`: the account id as external id, which Firehose sends.
   * `sourceAccount`: the condition key `aws:SourceAccount`, which no AWS page promises for this role. `none`: the
   * service only. A guard that does not hold shows at delivery only, as `AssumeRoleAccessDenied` in the error log. It
   * has to be a literal.
   *
   * @default "externalId"
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
   */
  readonly confusedDeputyGuard?: (typeof iamLimits.confusedDeputyGuard.choices)[number];
  /** Tags of the role. */
  readonly tags?: { [key: string]: string };
}

/**
 * Role that Firehose assumes to invoke the transformer, read the secret, and write to bucket and log.
 *
 * @see https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
 */
export class DeliveryRole extends Construct {
  /** The role. */
  readonly resource: IamRole;
  /** ARN of the role. */
  readonly arn: string;
  /** Name of the role. */
  readonly name: string;
  /** Inline policy of the role; depend on it if the permissions must exist. */
  readonly policy: ServiceRole["policy"];

  /** @throws InvalidValueError if a literal is malformed */
  constructor(scope: Construct, id: string, props: DeliveryRoleProps) {
    super(scope, id);
    provideTo(this, props.provider);
    new Checks(this)
      .literal("confusedDeputyGuard", props.confusedDeputyGuard)
      .value("confusedDeputyGuard", props.confusedDeputyGuard, iamLimits.confusedDeputyGuard)
      .value("namePrefix", props.namePrefix, iamLimits.namePrefix)
      .end();
    const role = new ServiceRole(this, "Default", {
      namePrefix: roleNamePrefix("delivery", props.name, props),
      policyName: "deliver",
      description: "Firehose: delivers API Gateway access logs to Moesif",
      service: "firehose.amazonaws.com",
      trustConditions: trustConditions(props),
      statements: [
        ...backupStatements(props),
        {
          sid: "InvokeTransformer",
          actions: ["lambda:InvokeFunction", "lambda:GetFunctionConfiguration"],
          resources: [props.transformerArn],
        },
        { sid: "WriteErrorLog", actions: ["logs:PutLogEvents"], resources: props.errorLogStreamArns },
        ...readSecret("ApplicationId", props.applicationId, props.environment.region),
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

function trustConditions({ confusedDeputyGuard: guard = "externalId", environment }: DeliveryRoleProps) {
  if (guard === "none") return undefined;
  const variable = guard === "externalId" ? "sts:ExternalId" : "aws:SourceAccount";
  return [{ test: "StringEquals", variable, values: [environment.accountId] }];
}

function backupStatements({ name, bucket, environment }: DeliveryRoleProps): PolicyStatement[] {
  const prefix = deliveryPrefix(name);
  const statements: PolicyStatement[] = [
    {
      sid: "ListBackupBucket",
      actions: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
      resources: [bucket.arn],
    },
    {
      sid: "WriteBackup",
      actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
      resources: [`${bucket.arn}/${prefix}*`],
    },
  ];
  if (bucket.kmsKeyArn !== undefined) {
    const objects = { bucketArn: bucket.arn, prefix, kmsKeyArn: bucket.kmsKeyArn, region: environment.region };
    statements.push(objectEncryption("EncryptBackup", ["kms:Decrypt", "kms:GenerateDataKey"], objects));
  }
  return statements;
}
