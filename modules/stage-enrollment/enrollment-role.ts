/** The role of the enrollment function, with a policy for its own resources and others for the stages. */
import { type CloudwatchLogGroup, IamPolicy, type IamRole, IamRolePolicyAttachment } from "../aws";
import { Construct, Fn, type ITerraformDependable, TerraformLocal } from "../cdk";
import { pinned } from "../addresses";
import type { Enrollment } from "../../lambda/stage-enrollment/contract";
import type { AwsEnvironment } from "../pipeline/aws-environment";
import type { BackupBucket } from "../pipeline/backup-bucket";
import { objectEncryption } from "../pipeline/kms-key";
import { streamName } from "../pipeline/names";
import { type IamProps, ofAccount, roleNamePrefix, ServiceRole } from "../pipeline/service-role";
import { policyJson, type PolicyStatement } from "../policy";
import { InvalidValueError } from "../settings/checks";
import { iamDefaults } from "../settings/iam";
import { enrollmentGrants, type Grant, packed, statementsOf } from "./stage-grants";

export interface EnrollmentRoleProps {
  /** Name of the pipeline. */
  readonly name: string;
  readonly environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">;
  readonly bucket: Pick<BackupBucket, "arn" | "kmsKeyArn">;
  /** Key of the object in which the function records what stages had before. */
  readonly recordKey: string;
  readonly logGroup: Pick<CloudwatchLogGroup, "arn">;
  readonly enrollment: Enrollment;
  readonly iam?: IamProps;
  readonly tags?: { [key: string]: string };
}

/**
 * A role has at most ten managed policies, unless its account has a higher quota. While they are replaced, it has the old
 * ones and the new ones.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const MAX_STAGE_POLICIES = 5;

export class EnrollmentRole extends Construct {
  readonly resource: IamRole;
  readonly arn: string;
  readonly name: string;
  /** Depend on these if the permissions must be in place, not only the role. */
  readonly policies: ITerraformDependable[];

  /** @throws InvalidValueError if `iam` is malformed, or the role cannot name that many stages */
  constructor(scope: Construct, id: string, props: EnrollmentRoleProps) {
    super(scope, id);
    const policies = packed(enrollmentGrants(props.enrollment, props.environment));
    if (policies.length > MAX_STAGE_POLICIES) {
      throw new InvalidValueError(this.node.path, [
        {
          id: "too-many-stages",
          path: ["stages"],
          message: `there are ${props.enrollment.stages?.length ?? 0} entries: to name each in the role takes ${policies.length} policies, and a role has at most ${MAX_STAGE_POLICIES}`,
          fix: "select stages by `match`, which takes one",
        },
      ]);
    }
    const role = new ServiceRole(this, "Default", {
      namePrefix: roleNamePrefix("enroll", props.name, props.iam),
      policyName: "enroll",
      description: "Lambda: sets the access logging of API Gateway stages for Moesif",
      service: "lambda.amazonaws.com",
      trustConditions: ofAccount(props.environment.accountId),
      statements: [
        {
          sid: "WriteLog",
          actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
          resources: [`${props.logGroup.arn}:log-stream:*`],
        },
        ...recordStatements(props),
        ...otherEnrollmentStatements(props),
        ...serviceLinkedRoleStatements(props),
      ],
      path: props.iam?.path,
      permissionsBoundary: props.iam?.permissionsBoundary,
      tags: props.tags,
    });
    this.resource = role.resource;
    this.arn = role.arn;
    this.name = role.name;
    this.policies = [role.policy, ...policies.map((grants, index) => this.#stagePolicy(grants, index, props))];
  }

  /**
   * A policy on stages. Its name has a hash of its content, so that new content makes a new policy, and the old one goes
   * last: between the two, the function restores the stages that are not listed any more.
   */
  #stagePolicy(grants: readonly Grant[], index: number, { iam, tags }: EnrollmentRoleProps) {
    const document = pinned(new TerraformLocal(this, `stages_${index}_document`, policyJson(statementsOf(grants))));
    const hash = Fn.substr(Fn.sha256(document.asString), 1, 16);
    const lifecycle = { createBeforeDestroy: true };
    const policy = pinned(
      new IamPolicy(this, `stages_${index}`, {
        namePrefix: `${iam?.namePrefix ?? iamDefaults.namePrefix}enroll-${index}-${hash}-`,
        description: "Stages of API Gateway that the enrollment for Moesif may read and set",
        path: iam?.path ?? iamDefaults.path,
        policy: document.asString,
        tags,
        lifecycle,
      }),
    );
    return pinned(
      new IamRolePolicyAttachment(this, `stages_${index}_attachment`, {
        role: this.name,
        policyArn: policy.arn,
        lifecycle,
      }),
    );
  }
}

/** The record, and its old versions in a bucket with versioning. */
function recordStatements({ bucket, recordKey, environment }: EnrollmentRoleProps): PolicyStatement[] {
  const statements: PolicyStatement[] = [
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
  if (bucket.kmsKeyArn === undefined) return statements;
  const objects = { bucketArn: bucket.arn, prefix: recordKey, kmsKeyArn: bucket.kmsKeyArn, region: environment.region };
  return [...statements, objectEncryption("EncryptRecord", ["kms:Decrypt", "kms:GenerateDataKey"], objects)];
}

/**
 * Before the function takes a stage over, it reads whether another enrollment of the account set the stage, and what the
 * stage had before that: in the record in the bucket of the other pipeline's stream.
 */
function otherEnrollmentStatements({
  enrollment: { stages = [], match = [] },
  environment: { partition, region, accountId },
}: EnrollmentRoleProps): PolicyStatement[] {
  if (![...stages, ...match].some(({ overwrite }) => overwrite)) return [];
  const records = "enrollment/*/record.json";
  const ofAccount = { test: "StringEquals", variable: "aws:ResourceAccount", values: [accountId] };
  return [
    {
      sid: "FindOtherPipelines",
      actions: ["firehose:DescribeDeliveryStream"],
      resources: [`arn:${partition}:firehose:${region}:${accountId}:deliverystream/${streamName("*")}`],
    },
    {
      sid: "ReadOtherRecords",
      actions: ["s3:GetObject"],
      resources: [`arn:${partition}:s3:::*/${records}`],
      condition: [ofAccount],
    },
    {
      sid: "FindOtherRecords",
      actions: ["s3:ListBucket"],
      resources: [`arn:${partition}:s3:::*`],
      condition: [ofAccount, { test: "StringLike", variable: "s3:prefix", values: [records] }],
    },
  ];
}

/**
 * API Gateway creates the role by which it writes to a stream on behalf of the caller, when the first stage of an account
 * logs to one.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html
 */
function serviceLinkedRoleStatements({
  enrollment,
  environment: { partition, accountId },
}: EnrollmentRoleProps): PolicyStatement[] {
  if (!enrollment.destinations.REST) return [];
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
