/** The role of the transformer: each statement allows one thing that the function does, on the one resource it needs. */
import type { CloudwatchLogGroup, DataAwsIamPolicyDocumentStatement } from "../aws";
import { Construct } from "../cdk";
import type { AwsEnvironment } from "./aws-environment";
import type { BackupBucket } from "./backup-bucket";
import { streamName } from "./delivery-stream";
import { objectEncryption, putEncrypted } from "./kms-key";
import { readSecret, type ReadableSecret } from "./secret-access";
import { type IamProps, ServiceRole } from "./service-role";
import { settingsPrefix } from "./settings-document";

export interface TransformerRoleProps extends IamProps {
  /** Name of the pipeline, whose settings the function reads, and to whose stream it puts back. */
  readonly name: string;
  readonly environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">;
  /** The bucket of the settings document. */
  readonly bucket: Pick<BackupBucket, "arn" | "kmsKeyArn">;
  readonly logGroup: Pick<CloudwatchLogGroup, "arn">;
  /** The secrets that the function reads, by what they hold, such as `ApplicationId`. */
  readonly secrets: { readonly [what: string]: ReadableSecret };
  /** Whether the function puts records back on the stream. */
  readonly putsBack: boolean;
  /** ARN of the customer's key that encrypts the stream, if there is one. */
  readonly streamKmsKeyArn?: string;
  readonly tags?: { [key: string]: string };
}

export class TransformerRole extends Construct {
  readonly arn: string;
  readonly policy: ServiceRole["policy"];

  /** @throws InvalidValueError if `path` or `permissionsBoundary` is malformed */
  constructor(scope: Construct, id: string, props: TransformerRoleProps) {
    super(scope, id);
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
        ...Object.entries(props.secrets).flatMap(([what, secret]) =>
          readSecret(what, secret, props.environment.region),
        ),
        ...(props.putsBack ? putBackStatements(props) : []),
      ],
      path: props.path,
      permissionsBoundary: props.permissionsBoundary,
      tags: props.tags,
    });
    this.arn = role.arn;
    this.policy = role.policy;
  }
}

function settingsStatements({ name, bucket, environment }: TransformerRoleProps): DataAwsIamPolicyDocumentStatement[] {
  const prefix = settingsPrefix(name);
  const statements: DataAwsIamPolicyDocumentStatement[] = [
    // The prefix, not the one object: while settings change, environments of both documents start.
    { sid: "ReadSettings", actions: ["s3:GetObject"], resources: [`${bucket.arn}/${prefix}*`] },
  ];
  if (bucket.kmsKeyArn !== undefined) {
    statements.push(
      objectEncryption("DecryptSettings", ["kms:Decrypt"], {
        bucketArn: bucket.arn,
        prefix,
        kmsKeyArn: bucket.kmsKeyArn,
        region: environment.region,
      }),
    );
  }
  return statements;
}

/** What does not fit into an answer goes back on the stream. Its ARN is built, since the stream refers to the function. */
function putBackStatements({ name, environment, streamKmsKeyArn }: TransformerRoleProps) {
  const { partition, region, accountId } = environment;
  const stream = `arn:${partition}:firehose:${region}:${accountId}:deliverystream/${streamName(name)}`;
  const statements: DataAwsIamPolicyDocumentStatement[] = [
    { sid: "PutBack", actions: ["firehose:PutRecordBatch"], resources: [stream] },
  ];
  if (streamKmsKeyArn !== undefined) statements.push(putEncrypted("EncryptPutBack", streamKmsKeyArn, region));
  return statements;
}
