# The bucket: one that the module makes, or one that exists.

variable "backup" {
  type        = any
  default     = {}
  nullable    = false
  description = <<-EOT
    The bucket that keeps what could not be processed or delivered, and the settings of the transformer.

    - `mode`: What Firehose writes to it: `FailedDataOnly`, or `AllData`. AWS does not take `AllData` back. Default: `"FailedDataOnly"`.
    - `kms_key_arn`: Customer key that encrypts the bucket. Default: the key of S3.
    - `bucket`: Name of an existing bucket in the pipeline's region, of which nothing is managed. Not to be given as `null`: Terraform
      must know at the first plan whether there is a bucket to make. Without this field the module makes one, for which these apply:
    - `bucket_prefix`: Beginning of its name, at most 37 characters. A bucket keeps the name that it has. Default:
      `moesif-backup-<name>-`.
    - `expiration_days`: Days after which objects expire. Default: `90`.
    - `abort_incomplete_upload_days`: Days after which incomplete uploads are removed. Default: `7`.
    - `force_destroy`: Whether `destroy` deletes it with the objects that it holds. Default: `false`.
    - `access_log`: Object of `bucket` and `prefix`: where S3 writes the bucket's server access log. Default: none.
  EOT

  validation {
    condition     = length(setsubtract(keys(var.backup), local.fields.backup)) == 0
    error_message = "backup has no field ${join(", ", setsubtract(keys(var.backup), local.fields.backup))}; known: ${local.known.backup}."
  }

  validation {
    condition     = !contains(keys(var.backup), "bucket") || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.backup.bucket))
    error_message = "backup.bucket must be the name of a bucket: lowercase letters, digits, '.' or '-'. To have one made, omit it instead of giving null."
  }

  validation {
    condition = !contains(keys(var.backup), "bucket") || length(setintersection(keys(var.backup), local.own_bucket_fields)) == 0
    error_message = "backup.bucket is an existing bucket, of which nothing is managed: remove ${join(", ", setintersection(
      keys(var.backup), local.own_bucket_fields
    ))}."
  }

  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  validation {
    condition     = try(var.backup.bucket_prefix, null) == null || can(regex("^[a-z0-9][a-z0-9.-]{0,36}$", var.backup.bucket_prefix))
    error_message = "backup.bucket_prefix must be 1 to 37 lowercase letters, digits, '.' or '-'."
  }

  validation {
    condition = alltrue([
      for days in [try(var.backup.expiration_days, null), try(var.backup.abort_incomplete_upload_days, null)] :
      days == null || try(floor(max(1, min(36500, days))) == tonumber(days), false)
    ])
    error_message = "backup.expiration_days and backup.abort_incomplete_upload_days must be whole numbers from 1 to 36500 (days)."
  }

  validation {
    condition     = can(tobool(try(var.backup.force_destroy, null)))
    error_message = "backup.force_destroy must be true or false."
  }

  validation {
    condition     = try(var.backup.mode, null) == null || try(contains(["FailedDataOnly", "AllData"], var.backup.mode), false)
    error_message = "backup.mode must be one of FailedDataOnly, AllData."
  }

  validation {
    condition     = try(var.backup.kms_key_arn, null) == null || can(regex(local.kms_key_arn_pattern, var.backup.kms_key_arn))
    error_message = "backup.kms_key_arn must be ${local.kms_key_arn_expectation}."
  }

  validation {
    condition = try(var.backup.access_log, null) == null || try(
      length(setsubtract(keys(var.backup.access_log), local.fields.backup_access_log)) == 0 &&
      can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.backup.access_log.bucket)),
    false)
    error_message = "backup.access_log must be an object of bucket, the name of a bucket, and prefix."
  }
}
