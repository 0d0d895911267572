/** The S3 bucket behind the stream: what could not be delivered, and the transformer's settings. */
import {
  DataAwsIamPolicyDocument,
  DataAwsS3Bucket,
  S3Bucket,
  S3BucketLifecycleConfiguration,
  S3BucketOwnershipControls,
  S3BucketPolicy,
  S3BucketPublicAccessBlock,
  S3BucketServerSideEncryptionConfigurationA,
  S3BucketVersioningA,
} from "../aws";
import { Construct, type IResolvable, type ITerraformDependable } from "../cdk";
import { pinned } from "../addresses";
import { rules } from "../rules";
import { ValueChecks } from "../value-checks";
import { choose, isGiven } from "../whether";
import { keyArn } from "./kms-key";

/** Everything that Firehose writes lies under this prefix; the expiry is for it alone, never for the settings. */
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

export interface BackupBucketProps {
  /**
   * Name of a bucket that is there already, in the stream's region; this construct then leaves its policy, encryption
   * and lifecycle alone. Decides which resources there are, so it is no plan-time choice; the name itself may be one.
   *
   * @default a bucket of its own
   */
  readonly existingBucketName?: string;
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
   * KMS key that encrypts the objects: ARN of a key or of an alias, or `alias/<name>`. For an existing bucket, the
   * key that it is encrypted with. Whether a key is given decides which resources there are.
   *
   * @default SSE-S3
   */
  readonly kmsKey?: string;
  /**
   * ARN of the key, in place of `kmsKey`: used as it is, without a look-up. A plan-time value may be null.
   *
   * @default none
   */
  readonly kmsKeyArn?: string;
  /**
   * Let `terraform destroy` delete the bucket with everything in it.
   *
   * @default false
   */
  readonly forceDestroy?: boolean | IResolvable;
  /** Tags of the bucket. */
  readonly tags?: { [key: string]: string };
}

/**
 * A bucket of its own (public access blocked, owner enforced, encrypted, TLS only, versioned, with expiry) or a
 * reference to an existing one.
 */
export class BackupBucket extends Construct {
  readonly name: string;
  readonly arn: string;
  /** ARN of the KMS key; absent, or null at plan time, for SSE-S3. */
  readonly kmsKeyArn?: string;
  /** What protects the bucket: whoever writes to it, or has it written to, waits for these. */
  readonly safeguards: ITerraformDependable[];

  /** @throws InvalidValueError if a literal is out of its bounds */
  constructor(scope: Construct, id: string, props: BackupBucketProps = {}) {
    super(scope, id);
    const checks = new ValueChecks(this.node.path)
      .check("existingBucketName", props.existingBucketName, rules.bucketName)
      .check("expirationDays", props.expirationDays, rules.expirationDays)
      .check("abortIncompleteUploadDays", props.abortIncompleteUploadDays, rules.expirationDays);
    this.kmsKeyArn = keyArn(this, props, checks);
    const lifecycle = checks.lifecycle();

    if (props.existingBucketName !== undefined) {
      const existing = pinned(new DataAwsS3Bucket(this, "existing", { bucket: props.existingBucketName, lifecycle }));
      this.name = existing.bucket;
      this.arn = existing.arn;
      this.safeguards = [];
      return;
    }

    // Bucket names are global: a generated one cannot be taken, or claimed by somebody else, in advance.
    const bucket = pinned(
      new S3Bucket(this, "Resource", {
        bucketPrefix: "moesif-backup-",
        forceDestroy: props.forceDestroy ?? false,
        tags: props.tags,
        lifecycle,
      }),
    );
    this.name = bucket.bucket;
    this.arn = bucket.arn;
    const versioning = this.#version(bucket);
    this.safeguards = [this.#encrypt(bucket), versioning, ...this.#protect(bucket)];
    this.#expire(bucket, versioning, props);
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
    const tlsOnly = pinned(
      new DataAwsIamPolicyDocument(this, "tls_only", {
        statement: [
          {
            sid: "DenyPlainHttp",
            effect: "Deny",
            actions: ["s3:*"],
            resources: [bucket.arn, `${bucket.arn}/*`],
            principals: [{ type: "*", identifiers: ["*"] }],
            condition: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
          },
        ],
      }),
    );
    // S3 refuses two changes of a bucket's access at the same time (OperationAborted).
    const policy = pinned(
      new S3BucketPolicy(this, "policy", { bucket: bucket.id, policy: tlsOnly.json, dependsOn: [noPublicAccess] }),
    );
    return [ownership, policy];
  }

  #encrypt(bucket: S3Bucket): ITerraformDependable {
    const byKey = isGiven(this.kmsKeyArn);
    return pinned(
      new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
        bucket: bucket.id,
        rule: [
          {
            applyServerSideEncryptionByDefault: {
              sseAlgorithm: choose(byKey, "aws:kms", "AES256"),
              kmsMasterKeyId: this.kmsKeyArn,
            },
            bucketKeyEnabled: choose<boolean | undefined>(byKey, true, undefined),
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
            expiration: [{ days: props.expirationDays ?? 90 }],
            noncurrentVersionExpiration: [{ noncurrentDays: 7 }],
          },
          {
            id: "abort-incomplete-uploads",
            status: "Enabled",
            filter: [{ prefix: "" }],
            abortIncompleteMultipartUpload: [{ daysAfterInitiation: props.abortIncompleteUploadDays ?? 7 }],
          },
        ],
        dependsOn: [versioning],
      }),
    );
  }
}
