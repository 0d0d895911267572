/** The role of the enrollment function: each statement allows one thing that it does, on the resources that it needs. */
import {
  type CloudwatchLogGroup,
  DataAwsIamPolicyDocument,
  type DataAwsIamPolicyDocumentStatement,
  IamPolicy,
  IamRolePolicyAttachment,
} from "../aws";
import { Construct, Fn, type ITerraformDependable } from "../cdk";
import { pinned } from "../addresses";
import type { Enrollment } from "../../lambda/stage-enrollment/contract";
import type { AwsEnvironment } from "../pipeline/aws-environment";
import type { BackupBucket } from "../pipeline/backup-bucket";
import { objectEncryption } from "../pipeline/kms-key";
import { type IamProps, ServiceRole } from "../pipeline/service-role";
import { InvalidValueError } from "../value-checks";
import { type Grant, packed, stageGrants, statementsOf } from "./stage-grants";

export interface EnrollmentRoleProps extends IamProps {
  /** Name of the pipeline. */
  readonly name: string;
  readonly environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">;
  readonly bucket: Pick<BackupBucket, "arn" | "kmsKeyArn">;
  /** Key of the object that remembers what stages had before. */
  readonly recordKey: string;
  readonly logGroup: Pick<CloudwatchLogGroup, "arn">;
  readonly enrollment: Enrollment;
  readonly tags?: { [key: string]: string };
}

/**
 * A role has at most ten managed policies, unless its account asked for more. While they change, the old and the new
 * ones are on it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const MOST_STAGE_POLICIES = 5;

export class EnrollmentRole extends Construct {
  readonly arn: string;
  /** Depend on these where the permissions must be there, not only the role. */
  readonly policies: ITerraformDependable[];

  /** @throws InvalidValueError if `path` or `permissionsBoundary` is malformed, or the stages are too many for a role */
  constructor(scope: Construct, id: string, props: EnrollmentRoleProps) {
    super(scope, id);
    const role = new ServiceRole(this, "Default", {
      namePrefix: "moesif-enroll-",
      description: "Lambda: sets the access logging of API Gateway stages for Moesif",
      service: "lambda.amazonaws.com",
      statements: [
        {
          sid: "WriteLog",
          actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
          resources: [`${props.logGroup.arn}:log-stream:*`],
        },
        ...recordStatements(props),
        ...serviceLinkedRoleStatements(props),
      ],
      path: props.path,
      permissionsBoundary: props.permissionsBoundary,
      tags: props.tags,
    });
    const policies = packed(stageGrants(props.enrollment, props.environment));
    if (policies.length > MOST_STAGE_POLICIES) {
      throw new InvalidValueError(this.node.path, [
        `stages names ${props.enrollment.stages?.length ?? 0} stages: to name each in the role takes ${policies.length} policies, and a role takes ${MOST_STAGE_POLICIES} of them; find stages by \`match\`, for which one is enough`,
      ]);
    }
    this.arn = role.arn;
    this.policies = [role.policy, ...policies.map((grants, index) => this.#stagePolicy(role, grants, index, props))];
  }

  /**
   * Permissions on stages, in a policy that is made anew where its content changes: the one that was there goes last.
   * A stage that leaves the list gets back what it had by a call that comes between the two.
   */
  #stagePolicy(role: ServiceRole, grants: Grant[], index: number, props: EnrollmentRoleProps): ITerraformDependable {
    const statement = statementsOf(grants);
    const document = pinned(new DataAwsIamPolicyDocument(this, `stages_${index}_permissions`, { statement }));
    const lifecycle = { createBeforeDestroy: true };
    const policy = pinned(
      new IamPolicy(this, `stages_${index}`, {
        namePrefix: `moesif-enroll-${index}-${Fn.substr(Fn.sha256(document.json), 1, 16)}-`,
        description: "Stages of API Gateway that the enrollment for Moesif may look at and set",
        path: props.path ?? "/",
        policy: document.json,
        tags: props.tags,
        lifecycle,
      }),
    );
    return pinned(
      new IamRolePolicyAttachment(this, `stages_${index}_attachment`, {
        role: role.name,
        policyArn: policy.arn,
        lifecycle,
      }),
    );
  }
}

/** The record, and what is left of it in a bucket that keeps old versions. */
function recordStatements({
  bucket,
  recordKey,
  environment,
}: EnrollmentRoleProps): DataAwsIamPolicyDocumentStatement[] {
  const statements: DataAwsIamPolicyDocumentStatement[] = [
    {
      sid: "KeepRecord",
      actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
      resources: [`${bucket.arn}/${recordKey}`],
    },
    {
      sid: "FindRecord",
      actions: ["s3:ListBucket", "s3:ListBucketVersions"],
      resources: [bucket.arn],
      condition: [{ test: "StringEquals", variable: "s3:prefix", values: [recordKey] }],
    },
  ];
  if (bucket.kmsKeyArn !== undefined) {
    statements.push(
      objectEncryption("EncryptRecord", ["kms:Decrypt", "kms:GenerateDataKey"], {
        bucketArn: bucket.arn,
        prefix: recordKey,
        kmsKeyArn: bucket.kmsKeyArn,
        region: environment.region,
      }),
    );
  }
  return statements;
}

/** API Gateway makes the role by which it writes to a stream in the caller's name, when the account's first stage does. */
function serviceLinkedRoleStatements({
  enrollment,
  environment: { partition, accountId },
}: EnrollmentRoleProps): DataAwsIamPolicyDocumentStatement[] {
  if (!enrollment.destinations.REST) return [];
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html
  const service = "ops.apigateway.amazonaws.com";
  return [
    {
      sid: "CreateServiceLinkedRole",
      actions: ["iam:CreateServiceLinkedRole"],
      resources: [`arn:${partition}:iam::${accountId}:role/aws-service-role/${service}/AWSServiceRoleForAPIGateway`],
      condition: [{ test: "StringEquals", variable: "iam:AWSServiceName", values: [service] }],
    },
  ];
}
