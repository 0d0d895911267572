import { BackupBucket, type BackupSettings } from "../../modules";
import { parsedPolicy, synthesize } from "../support/synth";

const environment = { partition: "aws" };
const bucket = (props: BackupSettings & { name?: string; tags?: Record<string, string> } = {}) =>
  synthesize((stack) => void new BackupBucket(stack, "backup", { name: "Orders_API", environment, ...props }));

describe("the backup bucket", () => {
  const stack = bucket();

  it("has a generated name that begins with the pipeline's, and is not deleted with its objects", () => {
    expect(stack.resource("aws_s3_bucket")).toEqual({
      bucket_prefix: "moesif-backup-orders-api-",
      force_destroy: false,
      lifecycle: { ignore_changes: ["bucket_prefix"] },
    });
  });

  it("has a prefix as long as S3 allows, or the given one", () => {
    const prefixOf = (props: Parameters<typeof bucket>[0]) => bucket(props).resource("aws_s3_bucket").bucket_prefix;
    expect(prefixOf({ name: "a".repeat(46) })).toBe(`moesif-backup-${"a".repeat(22)}-`);
    expect(prefixOf({ bucketPrefix: "acme-logs-" })).toBe("acme-logs-");
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
    const { policy, ...rest } = stack.resource("aws_s3_bucket_policy");
    expect(parsedPolicy(policy).Statement).toEqual([
      {
        Sid: "DenyPlainHttp",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: ["${aws_s3_bucket.backup.arn}", "${aws_s3_bucket.backup.arn}/*"],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
    expect(rest).toEqual({
      bucket: "${aws_s3_bucket.backup.id}",
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
    const names: string[] = [];
    const existing = synthesize((scope) => {
      const { name, arn } = new BackupBucket(scope, "backup", {
        name: "orders",
        environment: { partition: "aws-cn" },
        bucket: "central-logs",
      });
      names.push(name, arn);
    });
    expect(names).toEqual(["central-logs", "arn:aws-cn:s3:::central-logs"]);
    expect(existing.addresses()).toEqual([]);
  });

  it("writes a log of its requests if told where to", () => {
    const logging = (accessLog: BackupSettings["accessLog"]) => bucket({ accessLog }).resource("aws_s3_bucket_logging");
    expect(logging({ bucket: "access-logs", prefix: "moesif/" })).toEqual({
      bucket: "${aws_s3_bucket.backup.id}",
      target_bucket: "access-logs",
      target_prefix: "moesif/",
    });
    expect(logging({ bucket: "access-logs" })).toMatchObject({ target_prefix: "" });
  });

  it.each([{ bucketPrefix: "acme-" }, { expirationDays: 30 }, { accessLog: { bucket: "access-logs" } }])(
    "refuses %j for an existing bucket, of which nothing is managed",
    (props) => {
      expect(() => bucket({ bucket: "central-logs", ...props })).toThrow(
        `${Object.keys(props)[0]} conflicts with bucket`,
      );
    },
  );

  it("names every property that is wrong, and what would be right", () => {
    expect(() => bucket({ expirationDays: 0, bucketPrefix: "Central" })).toThrow(
      /bucketPrefix: invalid value "Central"[^]*1 to 37 lowercase[^]*expirationDays: 0 is too small[^]*a whole number from 1/,
    );
  });
});
