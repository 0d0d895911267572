# The bucket that keeps what could not be processed or delivered, and the settings of the transformer.

locals {
  # The keys of an object are known at the first plan, even if their values are not: so `count` can depend on them.
  makes_bucket = !contains(keys(var.backup), "bucket")

  bucket_name    = local.makes_bucket ? one(aws_s3_bucket.backup[*].bucket) : var.backup.bucket
  bucket_arn     = local.makes_bucket ? one(aws_s3_bucket.backup[*].arn) : "arn:${local.partition}:s3:::${var.backup.bucket}"
  bucket_kms_key = try(var.backup.kms_key_arn, null)

  # The provider appends 26 characters to a prefix, and S3 takes 63.
  bucket_prefix = "${substr("moesif-backup-${replace(lower(var.name), "_", "-")}", 0, 36)}-"
}

resource "aws_s3_bucket" "backup" {
  count = local.makes_bucket ? 1 : 0

  bucket_prefix = try(coalesce(var.backup.bucket_prefix, local.bucket_prefix), local.bucket_prefix)
  force_destroy = try(coalesce(var.backup.force_destroy, false), false)
  tags          = var.tags

  # A new name of the pipeline must not replace the bucket, which holds what failed.
  lifecycle {
    ignore_changes = [bucket_prefix]
  }
}

resource "aws_s3_bucket_versioning" "backup" {
  count = local.makes_bucket ? 1 : 0

  bucket = aws_s3_bucket.backup[0].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "backup" {
  count = local.makes_bucket ? 1 : 0

  bucket = aws_s3_bucket.backup[0].id

  rule {
    bucket_key_enabled = local.bucket_kms_key == null ? null : true

    apply_server_side_encryption_by_default {
      sse_algorithm     = local.bucket_kms_key == null ? "AES256" : "aws:kms"
      kms_master_key_id = local.bucket_kms_key
    }
  }
}

resource "aws_s3_bucket_public_access_block" "backup" {
  count = local.makes_bucket ? 1 : 0

  bucket                  = aws_s3_bucket.backup[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "backup" {
  count = local.makes_bucket ? 1 : 0

  bucket = aws_s3_bucket.backup[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_policy" "backup" {
  count = local.makes_bucket ? 1 : 0

  bucket = aws_s3_bucket.backup[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DenyPlainHttp"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.backup[0].arn, "${aws_s3_bucket.backup[0].arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  # S3 takes one change of a bucket's access at a time, and answers others with OperationAborted.
  depends_on = [aws_s3_bucket_public_access_block.backup]
}

resource "aws_s3_bucket_lifecycle_configuration" "backup" {
  count = local.makes_bucket ? 1 : 0

  bucket = aws_s3_bucket.backup[0].id

  rule {
    id     = "expire-delivered-and-failed"
    status = "Enabled"

    filter {
      prefix = "firehose/"
    }

    expiration {
      days = try(coalesce(var.backup.expiration_days, 90), 90)
    }

    noncurrent_version_expiration {
      noncurrent_days = 7
    }
  }

  rule {
    id     = "abort-incomplete-uploads"
    status = "Enabled"

    filter {
      prefix = ""
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = try(coalesce(var.backup.abort_incomplete_upload_days, 7), 7)
    }
  }

  depends_on = [aws_s3_bucket_versioning.backup]
}

resource "aws_s3_bucket_logging" "backup" {
  count = local.makes_bucket && (contains(keys(var.backup), "access_log") ? var.backup.access_log != null : false) ? 1 : 0

  bucket        = aws_s3_bucket.backup[0].id
  target_bucket = var.backup.access_log.bucket
  target_prefix = try(coalesce(var.backup.access_log.prefix), "")
}
