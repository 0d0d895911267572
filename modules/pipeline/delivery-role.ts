/** The role of the delivery stream: each statement allows one thing that Firehose does, on the one resource it needs. */
import type { DataAwsIamPolicyDocumentStatement } from "../aws";
import { Construct } from "../cdk";
import { rules } from "../rules";
import { ValueChecks } from "../value-checks";
import type { AwsEnvironment } from "./aws-environment";
import { DELIVERY_PREFIX } from "./backup-bucket";
import { objectEncryption, usedThrough } from "./kms-key";
import { type IamProps, ServiceRole } from "./service-role";

export interface DeliveryRoleProps extends IamProps {
  readonly environment: Pick<AwsEnvironment, "accountId" | "region">;
  readonly bucket: { readonly arn: string; readonly kmsKeyArn?: string };
  /** ARN of the function as the stream invokes it, qualifier included. */
  readonly transformerArn: string;
  readonly errorLogStreamArns: string[];
  readonly applicationId: { readonly secretArn: string; readonly kmsKeyArn?: string };
  /**
   * What Firehose must show to assume the role. `externalId`: the account id as external id, which Firehose sends.
   * `sourceAccount`: the condition key `aws:SourceAccount`, which no AWS page promises for this role. `none`: the
   * service alone. A guard that does not hold shows at delivery only, as `AssumeRoleAccessDenied` in the error log.
   *
   * @default "externalId"
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
   */
  readonly confusedDeputyGuard?: "externalId" | "sourceAccount" | "none";
  readonly tags?: { [key: string]: string };
}

/** @see https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html */
export class DeliveryRole extends Construct {
  readonly arn: string;
  readonly policy: ServiceRole["policy"];

  /** @throws InvalidValueError if `path` or `permissionsBoundary` is malformed */
  constructor(scope: Construct, id: string, props: DeliveryRoleProps) {
    super(scope, id);
    new ValueChecks(this.node.path)
      .check("confusedDeputyGuard", props.confusedDeputyGuard, rules.confusedDeputyGuard)
      .lifecycle();
    const role = new ServiceRole(this, "Default", {
      namePrefix: "moesif-delivery-",
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
        ...applicationIdStatements(props),
      ],
      path: props.path,
      permissionsBoundary: props.permissionsBoundary,
      tags: props.tags,
    });
    this.arn = role.arn;
    this.policy = role.policy;
  }
}

function trustConditions({ confusedDeputyGuard = "externalId", environment }: DeliveryRoleProps) {
  if (confusedDeputyGuard === "none") return undefined;
  const variable = confusedDeputyGuard === "externalId" ? "sts:ExternalId" : "aws:SourceAccount";
  return [{ test: "StringEquals", variable, values: [environment.accountId] }];
}

function backupStatements({ bucket, environment }: DeliveryRoleProps): DataAwsIamPolicyDocumentStatement[] {
  const statements: DataAwsIamPolicyDocumentStatement[] = [
    {
      sid: "ListBackupBucket",
      actions: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
      resources: [bucket.arn],
    },
    {
      sid: "WriteBackup",
      actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
      resources: [`${bucket.arn}/${DELIVERY_PREFIX}*`],
    },
  ];
  if (bucket.kmsKeyArn !== undefined) {
    statements.push(
      objectEncryption("EncryptBackup", ["kms:Decrypt", "kms:GenerateDataKey"], {
        bucketArn: bucket.arn,
        prefix: DELIVERY_PREFIX,
        kmsKeyArn: bucket.kmsKeyArn,
        region: environment.region,
      }),
    );
  }
  return statements;
}

function applicationIdStatements({
  applicationId,
  environment,
}: DeliveryRoleProps): DataAwsIamPolicyDocumentStatement[] {
  const statements: DataAwsIamPolicyDocumentStatement[] = [
    { sid: "ReadApplicationId", actions: ["secretsmanager:GetSecretValue"], resources: [applicationId.secretArn] },
  ];
  if (applicationId.kmsKeyArn !== undefined) {
    statements.push({
      sid: "DecryptApplicationId",
      actions: ["kms:Decrypt"],
      resources: [applicationId.kmsKeyArn],
      condition: [usedThrough("secretsmanager", environment.region)],
    });
  }
  return statements;
}
