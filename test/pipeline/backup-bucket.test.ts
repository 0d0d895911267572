import { BackupBucket, type BackupBucketProps } from "../../modules";
import { synthesize } from "../support/synth";

const bucket = (props?: BackupBucketProps) => synthesize((stack) => void new BackupBucket(stack, "backup", props));

describe("the backup bucket", () => {
  const stack = bucket();

  it("has a generated name and is not deleted with its objects", () => {
    expect(stack.resource("aws_s3_bucket")).toEqual({ bucket_prefix: "moesif-backup-", force_destroy: false });
  });

  it("blocks public access in all four ways", () => {
    expect(stack.resource("aws_s3_bucket_public_access_block")).toEqual({
      bucket: "${aws_s3_bucket.backup.id}",
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
  });

  it("belongs to the bucket's owner alone", () => {
    expect(stack.resource("aws_s3_bucket_ownership_controls")).toEqual({
      bucket: "${aws_s3_bucket.backup.id}",
      rule: { object_ownership: "BucketOwnerEnforced" },
    });
  });

  it("is encrypted by S3 unless a key is given", () => {
    expect(stack.resource("aws_s3_bucket_server_side_encryption_configuration").rule).toEqual([
      { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } },
    ]);
  });

  it("is encrypted by a key given by its alias, which is looked up", () => {
    const encrypted = bucket({ kmsKey: "alias/logs" });
    expect(encrypted.data("aws_kms_key")).toEqual({ key_id: "alias/logs" });
    expect(encrypted.resource("aws_s3_bucket_server_side_encryption_configuration").rule).toEqual([
      {
        apply_server_side_encryption_by_default: {
          sse_algorithm: "aws:kms",
          kms_master_key_id: "${data.aws_kms_key.backup_kms_key.arn}",
        },
        bucket_key_enabled: true,
      },
    ]);
  });

  it("denies everybody what does not come over TLS, once public access is blocked", () => {
    expect(stack.statements("backup_tls_only")).toEqual({
      DenyPlainHttp: {
        effect: "Deny",
        actions: ["s3:*"],
        resources: ["${aws_s3_bucket.backup.arn}", "${aws_s3_bucket.backup.arn}/*"],
        principals: [{ type: "*", identifiers: ["*"] }],
        condition: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
      },
    });
    expect(stack.resource("aws_s3_bucket_policy")).toEqual({
      bucket: "${aws_s3_bucket.backup.id}",
      policy: "${data.aws_iam_policy_document.backup_tls_only.json}",
      depends_on: ["aws_s3_bucket_public_access_block.backup_public_access_block"],
    });
  });

  it("is versioned", () => {
    expect(stack.resource("aws_s3_bucket_versioning").versioning_configuration).toEqual({ status: "Enabled" });
  });

  it("forgets what Firehose wrote after 90 days, and never the transformer's settings", () => {
    expect(stack.resource("aws_s3_bucket_lifecycle_configuration")).toEqual({
      bucket: "${aws_s3_bucket.backup.id}",
      rule: [
        {
          id: "expire-delivered-and-failed",
          status: "Enabled",
          filter: [{ prefix: "firehose/" }],
          expiration: [{ days: 90 }],
          noncurrent_version_expiration: [{ noncurrent_days: 7 }],
        },
        {
          id: "abort-incomplete-uploads",
          status: "Enabled",
          filter: [{ prefix: "" }],
          abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
        },
      ],
      depends_on: ["aws_s3_bucket_versioning.backup_versioning"],
    });
  });

  it("takes other days, tags and leave to be destroyed", () => {
    const other = bucket({
      expirationDays: 30,
      abortIncompleteUploadDays: 1,
      forceDestroy: true,
      tags: { team: "api" },
    });
    expect(other.resource("aws_s3_bucket")).toMatchObject({ force_destroy: true, tags: { team: "api" } });
    expect(other.resource("aws_s3_bucket_lifecycle_configuration").rule).toMatchObject([
      { expiration: [{ days: 30 }] },
      { abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }] },
    ]);
  });

  it("can be an existing bucket, of which nothing is changed", () => {
    const existing = bucket({ existingBucketName: "central-logs" });
    expect(existing.data("aws_s3_bucket")).toEqual({ bucket: "central-logs" });
    expect(existing.json.resource).toBeUndefined();
  });

  it("names every property that is wrong, and what would be right", () => {
    expect(() => bucket({ expirationDays: 0, existingBucketName: "Central_Logs" })).toThrow(
      /existingBucketName must be 3 to 63 small letters.*"Central_Logs"[^]*expirationDays must be a whole number from 1/,
    );
  });
});
