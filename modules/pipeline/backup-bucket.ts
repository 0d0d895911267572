/** The S3 bucket behind the stream: what could not be delivered, and the transformer's settings. */
import {
  S3Bucket,
  S3BucketLifecycleConfiguration,
  S3BucketLoggingA,
  S3BucketOwnershipControls,
  S3BucketPolicy,
  S3BucketPublicAccessBlock,
  S3BucketServerSideEncryptionConfigurationA,
  S3BucketVersioningA,
} from "../aws";
import { Construct, Fn, type IResolvable, type ITerraformDependable, Token } from "../cdk";
import { pinned, type ProviderProps, provideTo } from "../addresses";
import { terraformJson } from "../terraform-json";
import { backupDefaults } from "../settings/backup";
import { Checks } from "../settings/checks";
import { backupProps } from "../settings/pipeline";
import { brokenRulesOf } from "../settings/rules";
import type { AwsEnvironment } from "./aws-environment";
import { keyArn, type KmsKeyProps } from "./kms-key";
import { cut } from "./service-role";

/** Everything that Firehose writes lies under this prefix; the expiry applies to it only, never to the settings. */
const DELIVERIES = "firehose/";

/** What the stream of a pipeline writes lies under this prefix; several pipelines may share a bucket. */
export function deliveryPrefix(pipelineName: string): string {
  return `${DELIVERIES}${pipelineName}/`;
}

/**
 * Where failed records lie: by kind of failure, then by day.
 *
 * @see https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
 */
export function errorPrefix(pipelineName: string): string {
  return `${deliveryPrefix(pipelineName)}failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`;
}

/** Where every record lies in the backup mode `AllData`. */
export function allDataPrefix(pipelineName: string): string {
  return `${deliveryPrefix(pipelineName)}all/!{timestamp:yyyy/MM/dd/HH}/`;
}

/** Where S3 writes a log of the requests to a bucket. */
export interface AccessLogProps {
  /** Name of the bucket that takes the log, in the same account and region. */
  readonly bucket: string;
  /**
   * Prefix of the log's keys.
   *
   * @default none
   */
  readonly prefix?: string;
}

/** The bucket's settings, as a pipeline takes them. */
export interface BackupSettings extends KmsKeyProps {
  /**
   * Name of an existing bucket in the stream's region, of which this construct manages nothing. `kmsKey` is then the
   * key that it is encrypted with. A token is passed unchecked.
   *
   * @default a bucket of its own
   */
  readonly bucket?: string;
  /**
   * Prefix of the bucket's name, at most 37 characters. Terraform appends a suffix, since bucket names are global. A bucket
   * that exists keeps its name when the prefix or the pipeline's name changes.
   *
   * @default "moesif-backup-<pipeline name>-", cut to 37 characters
   */
  readonly bucketPrefix?: string;
  /**
   * Days after which what Firehose wrote is deleted; old versions follow a week later.
   *
   * @default 90
   */
  readonly expirationDays?: number;
  /**
   * Days after which an upload that was not completed is deleted.
   *
   * @default 7
   */
  readonly abortIncompleteUploadDays?: number;
  /**
   * Let `terraform destroy` delete the bucket with everything in it.
   *
   * @default false
   */
  readonly forceDestroy?: boolean | IResolvable;
  /**
   * S3 server access logging of the bucket.
   *
   * @default none
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
   */
  readonly accessLog?: AccessLogProps;
}

/** Properties of a backup bucket. */
export interface BackupBucketProps extends BackupSettings, ProviderProps {
  /** Name of the pipeline. */
  readonly name: string;
  /** The partition of the bucket. */
  readonly environment: Pick<AwsEnvironment, "partition">;
  /** Tags of the bucket. */
  readonly tags?: { [key: string]: string };
}

/**
 * A bucket of its own (public access blocked, owner enforced, encrypted, TLS only, versioned, with expiry) or a
 * reference to an existing one.
 */
export class BackupBucket extends Construct {
  /** Name of the bucket. */
  readonly name: string;
  /** ARN of the bucket. */
  readonly arn: string;
  /** ARN of the KMS key; absent for SSE-S3. */
  readonly kmsKeyArn?: string;
  /** What protects the bucket: what writes to it depends on these. */
  readonly safeguards: ITerraformDependable[];
  /** The bucket, unless it is an existing one. */
  readonly resource?: S3Bucket;

  /** @throws InvalidValueError if a literal is out of its bounds */
  constructor(scope: Construct, id: string, props: BackupBucketProps) {
    super(scope, id);
    provideTo(this, props.provider);
    const { provider: _, name, environment, tags, ...backup } = props;
    new Checks(this)
      .schema(backupProps, backup, [])
      .add(...brokenRulesOf(["existing-bucket"], { backup } as object))
      .end();
    this.kmsKeyArn = keyArn(this, props);

    if (props.bucket !== undefined) {
      this.name = props.bucket;
      this.arn = `arn:${environment.partition}:s3:::${this.name}`;
      this.safeguards = [];
      return;
    }
    const bucket = pinned(
      new S3Bucket(this, "Resource", {
        bucketPrefix: props.bucketPrefix ?? defaultPrefix(name),
        forceDestroy: props.forceDestroy ?? backupDefaults.forceDestroy,
        tags,
        // A new name of the pipeline must not replace the bucket, which holds what failed.
        lifecycle: { ignoreChanges: ["bucket_prefix"] },
      }),
    );
    this.resource = bucket;
    this.name = bucket.bucket;
    this.arn = bucket.arn;
    const versioning = this.#version(bucket);
    this.safeguards = [this.#encrypt(bucket), versioning, ...this.#protect(bucket)];
    this.#expire(bucket, versioning, props);
    if (props.accessLog) this.#log(bucket, props.accessLog);
  }

  #protect(bucket: S3Bucket): ITerraformDependable[] {
    const noPublicAccess = pinned(
      new S3BucketPublicAccessBlock(this, "public_access_block", {
        bucket: bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      }),
    );
    const ownership = pinned(
      new S3BucketOwnershipControls(this, "ownership", {
        bucket: bucket.id,
        rule: { objectOwnership: "BucketOwnerEnforced" },
      }),
    );
    const tlsOnly = terraformJson({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "DenyPlainHttp",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [bucket.arn, `${bucket.arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
    // S3 refuses two changes of a bucket's access at the same time (OperationAborted).
    const policy = pinned(
      new S3BucketPolicy(this, "policy", { bucket: bucket.id, policy: tlsOnly, dependsOn: [noPublicAccess] }),
    );
    return [ownership, policy];
  }

  #encrypt(bucket: S3Bucket): ITerraformDependable {
    const byKey = this.kmsKeyArn !== undefined;
    return pinned(
      new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
        bucket: bucket.id,
        rule: [
          {
            applyServerSideEncryptionByDefault: {
              sseAlgorithm: byKey ? "aws:kms" : "AES256",
              kmsMasterKeyId: this.kmsKeyArn,
            },
            bucketKeyEnabled: byKey ? true : undefined,
          },
        ],
      }),
    );
  }

  #version(bucket: S3Bucket): ITerraformDependable {
    return pinned(
      new S3BucketVersioningA(this, "versioning", {
        bucket: bucket.id,
        versioningConfiguration: { status: "Enabled" },
      }),
    );
  }

  #log(bucket: S3Bucket, { bucket: targetBucket, prefix = "" }: AccessLogProps): void {
    pinned(new S3BucketLoggingA(this, "access_log", { bucket: bucket.id, targetBucket, targetPrefix: prefix }));
  }

  #expire(bucket: S3Bucket, versioning: ITerraformDependable, props: BackupBucketProps): void {
    // A rule on old versions needs versioning to be there first.
    pinned(
      new S3BucketLifecycleConfiguration(this, "lifecycle", {
        bucket: bucket.id,
        rule: [
          {
            id: "expire-delivered-and-failed",
            status: "Enabled",
            filter: [{ prefix: DELIVERIES }],
            expiration: [{ days: props.expirationDays ?? backupDefaults.expirationDays }],
            noncurrentVersionExpiration: [{ noncurrentDays: 7 }],
          },
          {
            id: "abort-incomplete-uploads",
            status: "Enabled",
            filter: [{ prefix: "" }],
            abortIncompleteMultipartUpload: [
              { daysAfterInitiation: props.abortIncompleteUploadDays ?? backupDefaults.abortIncompleteUploadDays },
            ],
          },
        ],
        dependsOn: [versioning],
      }),
    );
  }
}

/** In small letters, as S3 demands; Terraform's suffix keeps the name from being taken in advance. */
function defaultPrefix(pipelineName: string): string {
  const name = Token.isUnresolved(pipelineName)
    ? Fn.replace(Fn.lower(pipelineName), "_", "-")
    : pipelineName.toLowerCase().replaceAll("_", "-");
  return `${cut(`moesif-backup-${name}`, 36)}-`;
}
