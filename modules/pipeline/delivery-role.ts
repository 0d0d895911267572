/** The role of the delivery stream: each statement allows one thing that Firehose does, on the one resource it needs. */
import { Construct, Fn, Op, Token } from "../cdk";
import { rules } from "../rules";
import { ValueChecks } from "../value-checks";
import { isGiven } from "../whether";
import type { ApplicationId } from "./application-id";
import type { AwsEnvironment } from "./aws-environment";
import { type BackupBucket, deliveryPrefix } from "./backup-bucket";
import { objectEncryption } from "./kms-key";
import { checkKey, readSecret } from "./secret-access";
import { allowIf, type IamProps, type RoleStatement, ServiceRole } from "./service-role";

export interface DeliveryRoleProps extends IamProps {
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
   * service alone. A guard that does not hold shows at delivery only, as `AssumeRoleAccessDenied` in the error log.
   *
   * @default "externalId"
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
   */
  readonly confusedDeputyGuard?: string;
  readonly tags?: { [key: string]: string };
}

/** @see https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html */
export class DeliveryRole extends Construct {
  readonly arn: string;
  readonly policy: ServiceRole["policy"];

  /** @throws InvalidValueError if `path` or `permissionsBoundary` is malformed */
  constructor(scope: Construct, id: string, props: DeliveryRoleProps) {
    super(scope, id);
    const checks = new ValueChecks(this.node.path);
    checks.check("confusedDeputyGuard", props.confusedDeputyGuard, rules.confusedDeputyGuard);
    checkKey("applicationId", props.applicationId, checks);
    const role = new ServiceRole(this, "Default", {
      namePrefix: "moesif-delivery-",
      description: "Firehose: delivers API Gateway access logs to Moesif",
      service: "firehose.amazonaws.com",
      trustConditions: trustConditions(props),
      checks,
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
    this.arn = role.arn;
    this.policy = role.policy;
  }
}

function trustConditions({ confusedDeputyGuard: guard = "externalId", environment }: DeliveryRoleProps) {
  if (Token.isUnresolved(guard)) return [conditionAtPlanTime(guard, environment.accountId)];
  if (guard === "none") return undefined;
  const variable = guard === "externalId" ? "sts:ExternalId" : "aws:SourceAccount";
  return [{ test: "StringEquals", variable, values: [environment.accountId] }];
}

/** One condition for every guard: for `none` it is one that always holds. */
function conditionAtPlanTime(guard: string, accountId: string) {
  const isNone = Op.eq(guard, "none");
  return {
    test: Token.asString(Fn.conditional(isNone, "StringLikeIfExists", "StringEquals")),
    variable: Token.asString(Fn.conditional(Op.eq(guard, "externalId"), "sts:ExternalId", "aws:SourceAccount")),
    values: [Token.asString(Fn.conditional(isNone, "*", accountId))],
  };
}

function backupStatements({ name, bucket, environment }: DeliveryRoleProps): RoleStatement[] {
  const prefix = deliveryPrefix(name);
  return [
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
    ...allowIf(isGiven(bucket.kmsKeyArn), [
      objectEncryption("EncryptBackup", ["kms:Decrypt", "kms:GenerateDataKey"], {
        bucketArn: bucket.arn,
        prefix,
        kmsKeyArn: bucket.kmsKeyArn!,
        region: environment.region,
      }),
    ]),
  ];
}
