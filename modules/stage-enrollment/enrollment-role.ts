/** The role of the enrollment function: each statement allows one thing that it does, on the resources that it needs. */
import type { CloudwatchLogGroup } from "../aws";
import { Construct, type ITerraformDependable } from "../cdk";
import type { Enrollment } from "../../lambda/stage-enrollment/contract";
import type { AwsEnvironment } from "../pipeline/aws-environment";
import type { BackupBucket } from "../pipeline/backup-bucket";
import { objectEncryption } from "../pipeline/kms-key";
import type { PolicyStatement } from "../policy";
import { allowIf, type IamProps, roleNamePrefix, ServiceRole } from "../pipeline/service-role";
import { InvalidValueError } from "../value-checks";
import { isPlanned, type PlannedEnrollment } from "./planned-enrollment";
import { plannedPolicies } from "./planned-policies";
import { enrollmentGrants, packed, statementsOf } from "./stage-grants";
import { stagePolicies, stagePolicy } from "./stage-policies";

export interface EnrollmentRoleProps extends IamProps {
  /** Name of the pipeline. */
  readonly name: string;
  readonly environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">;
  readonly bucket: Pick<BackupBucket, "arn" | "kmsKeyArn">;
  /** Key of the object that remembers what stages had before. */
  readonly recordKey: string;
  readonly logGroup: Pick<CloudwatchLogGroup, "arn">;
  readonly enrollment: Enrollment | PlannedEnrollment;
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
      namePrefix: roleNamePrefix("enroll", props.name, props),
      policyName: "enroll",
      description: "Lambda: sets the access logging of API Gateway stages for Moesif",
      service: "lambda.amazonaws.com",
      statements: [
        {
          sid: "WriteLog",
          actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
          resources: [`${props.logGroup.arn}:log-stream:*`],
        },
        ...recordStatements(props),
        ...serviceLinkedPolicyStatements(props),
      ],
      path: props.path,
      permissionsBoundary: props.permissionsBoundary,
      tags: props.tags,
    });
    this.arn = role.arn;
    this.policies = [role.policy, ...this.#stagePolicies(role, props)];
  }

  /** @throws InvalidValueError if the stages are too many */
  #stagePolicies(role: ServiceRole, { enrollment, environment, path, tags }: EnrollmentRoleProps) {
    const props = { role, path, tags };
    if (isPlanned(enrollment)) {
      const policies = plannedPolicies(this, enrollment, environment, MOST_STAGE_POLICIES);
      return [stagePolicies(this, policies, props)];
    }
    const policies = packed(enrollmentGrants(enrollment, environment));
    if (policies.length > MOST_STAGE_POLICIES) {
      throw new InvalidValueError(this.node.path, [
        `stages names ${enrollment.stages?.length ?? 0} stages: to name each in the role takes ${policies.length} policies, and a role takes ${MOST_STAGE_POLICIES} of them; find stages by \`match\`, for which one is enough`,
      ]);
    }
    return policies.map((grants, index) => stagePolicy(this, index, statementsOf(grants), props));
  }
}

/** The record, and what is left of it in a bucket that keeps old versions. */
function recordStatements({ bucket, recordKey, environment }: EnrollmentRoleProps): PolicyStatement[] {
  return [
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
    ...allowIf(bucket.kmsKeyArn !== undefined, [
      objectEncryption("EncryptRecord", ["kms:Decrypt", "kms:GenerateDataKey"], {
        bucketArn: bucket.arn,
        prefix: recordKey,
        kmsKeyArn: bucket.kmsKeyArn!,
        region: environment.region,
      }),
    ]),
  ];
}

/** API Gateway makes the role by which it writes to a stream in the caller's name, when the account's first stage does. */
function serviceLinkedPolicyStatements({
  enrollment,
  environment: { partition, accountId },
}: EnrollmentRoleProps): PolicyStatement[] {
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html
  const service = "ops.apigateway.amazonaws.com";
  const create: PolicyStatement = {
    sid: "CreateServiceLinkedRole",
    actions: ["iam:CreateServiceLinkedRole"],
    resources: [`arn:${partition}:iam::${accountId}:role/aws-service-role/${service}/AWSServiceRoleForAPIGateway`],
    condition: [{ test: "StringEquals", variable: "iam:AWSServiceName", values: [service] }],
  };
  return isPlanned(enrollment) || enrollment.destinations.REST ? [create] : [];
}
