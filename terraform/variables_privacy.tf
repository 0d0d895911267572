# Redaction, and the key of its hashes.

variable "redaction" {
  type        = any
  default     = {}
  nullable    = false
  description = <<-EOT
    What is not sent to Moesif. Secrets by nature, such as tokens and passwords, are always masked.

    - `fields`: Which keys of a record are sent, an object with exactly one of `keep` (of the optional keys, only these are sent) and
      `remove` (these are not sent; of a key that Moesif requires, the value is masked). Default: all keys.
    - `allow`: Names and shapes of secrets that are sent all the same, such as `sessionToken` or `card-number`. Default: none.
    - `mask`: List of objects. What `pattern`, a regular expression (RE2), finds is replaced by `replacement` (default
      `"[redacted]"`) in the values of `fields` (default: every key).
    - `ip`: `keep`, or `truncate` to cut the caller's address to its network, /24 of IPv4 and /48 of IPv6. Default: `"keep"`.
    - `path`: Object. `emails`: whether path segments with an e-mail address are masked, `mask` or `keep` (default `"mask"`).
      `segments_after`: names of segments; the one that follows is masked, as 42 in /users/42. `query_parameters`: names of
      query parameters whose values are masked, or `*`.
    - `hash`: Keys whose values are sent as a keyed hash, equal for equal values, also within metadata. Needs `hash_key`.
  EOT

  validation {
    condition     = length(setsubtract(keys(var.redaction), local.fields.redaction)) == 0
    error_message = "redaction has no field ${join(", ", setsubtract(keys(var.redaction), local.fields.redaction))}; known: ${local.known.redaction}."
  }

  # redaction.fields

  validation {
    condition     = try(var.redaction.fields, null) == null || try(contains(["keep", "remove"], join(",", keys(var.redaction.fields))), false)
    error_message = "redaction.fields must be an object with exactly one of keep, remove."
  }

  validation {
    condition = alltrue([
      for keys in [try(var.redaction.fields.keep, null), try(var.redaction.fields.remove, null)] :
      keys == null || try(alltrue([for key in keys : can(regex("^.{1,128}$", key))]), false)
    ])
    error_message = "redaction.fields.keep and redaction.fields.remove must be lists of keys of 1 to 128 characters."
  }

  validation {
    condition = length(setintersection(
      [for key in try(var.redaction.fields.remove, []) : lower(key) if key != null], [for key in local.unreadable_keys : lower(key)]
    )) == 0
    error_message = "redaction.fields.remove must have none of ${join(", ", local.unreadable_keys)}: without these Moesif cannot read a call."
  }

  # redaction.allow

  validation {
    condition = try(var.redaction.allow, null) == null || try(alltrue([
      for name in var.redaction.allow : can(regex(local.secret_pattern, replace(lower(name), "/[^a-z0-9]/", "")))
    ]), false)
    error_message = <<-EOT
      redaction.allow must be a list of names or shapes of secrets that are masked by default, such as sessionToken or
      ${join(", ", local.secret_shapes)}.
    EOT
  }

  # redaction.mask

  validation {
    condition = try(var.redaction.mask, null) == null || try(
      length(var.redaction.mask) <= 20 && alltrue([for mask in var.redaction.mask : can(keys(mask))]), false
    )
    error_message = "redaction.mask must be a list of at most 20 objects."
  }

  validation {
    condition = length(setsubtract(flatten([for mask in try(var.redaction.mask, []) : try(keys(mask), [])]), local.fields.redaction_mask)) == 0
    error_message = "An element of redaction.mask has no field ${join(", ", setsubtract(
      flatten([for mask in try(var.redaction.mask, []) : try(keys(mask), [])]), local.fields.redaction_mask
    ))}; known: ${local.known.redaction_mask}."
  }

  validation {
    condition = alltrue([
      for mask in try(var.redaction.mask, []) : try(
        length(regexall(mask.pattern, "")) == 0 && length(mask.pattern) <= 1000 && !can(regex(local.delimited_pattern, mask.pattern)),
      false)
    ])
    error_message = "redaction.mask[].pattern must be ${local.pattern_expectation}"
  }

  validation {
    condition = alltrue([
      for pattern in [for mask in try(var.redaction.mask, []) : try(mask.pattern, "")] :
      10000 >= try(
        length(pattern)
        * pow(2, sum(concat([0], [for count in regexall(local.count_pattern, pattern) : log(max(1, coalesce(count[2], count[1])), 2) if count[0] == ")"])))
        * sum(concat([1], [for count in regexall(local.count_pattern, pattern) : max(1, coalesce(count[2], count[1])) if count[0] != ")"])),
      0)
    ])
    error_message = "redaction.mask[].pattern repeats too much by number: use * or + for large numbers."
  }

  validation {
    condition = alltrue([
      for mask in try(var.redaction.mask, []) : try(mask.fields, null) == null || try(
        length(mask.fields) > 0 && alltrue([for key in mask.fields : can(regex("^.{1,128}$", key))]),
      false)
    ])
    error_message = "redaction.mask[].fields must be a list of keys of 1 to 128 characters, one at least."
  }

  # The function knows what is redacted already by its brackets.
  validation {
    condition = alltrue([
      for mask in try(var.redaction.mask, []) : try(mask.replacement, null) == null || can(regex("^\\[[a-z0-9 _-]{1,30}\\]$", mask.replacement))
    ])
    error_message = "redaction.mask[].replacement must be in brackets, such as [redacted]: lowercase letters, digits, ' ', '_' or '-'."
  }

  # redaction.ip, redaction.path

  validation {
    condition     = try(var.redaction.ip, null) == null || try(contains(["keep", "truncate"], var.redaction.ip), false)
    error_message = "redaction.ip must be one of keep, truncate."
  }

  validation {
    condition     = try(var.redaction.path, null) == null || try(length(setsubtract(keys(var.redaction.path), local.fields.redaction_path)) == 0, false)
    error_message = "redaction.path must be an object with no other fields than ${join(", ", local.fields.redaction_path)}."
  }

  validation {
    condition     = try(var.redaction.path.emails, null) == null || try(contains(["mask", "keep"], var.redaction.path.emails), false)
    error_message = "redaction.path.emails must be one of mask, keep."
  }

  validation {
    condition = try(var.redaction.path.segments_after, null) == null || try(
      alltrue([for segment in var.redaction.path.segments_after : can(regex("^[^/?]{1,128}$", segment))]),
    false)
    error_message = "redaction.path.segments_after must be names of segments, such as users, without '/'."
  }

  validation {
    condition = try(var.redaction.path.query_parameters, null) == null || try(
      alltrue([for parameter in var.redaction.path.query_parameters : can(regex("^[^&=]{1,128}$", parameter))]),
    false)
    error_message = "redaction.path.query_parameters must be names of query parameters, or *."
  }

  # redaction.hash

  validation {
    condition     = try(var.redaction.hash, null) == null || try(alltrue([for key in var.redaction.hash : can(regex("^.{1,128}$", key))]), false)
    error_message = "redaction.hash must be a list of keys of 1 to 128 characters."
  }

  validation {
    condition = length(setintersection(
      [for key in try(var.redaction.hash, []) : lower(key) if key != null], [for key in concat(local.unreadable_keys, ["metadata"]) : lower(key)]
    )) == 0
    error_message = "redaction.hash must have none of ${join(", ", local.unreadable_keys)}, metadata: Moesif reads these; metadata is hashed by its own keys."
  }

  validation {
    condition = length(setintersection(
      [for key in try(var.redaction.hash, []) : lower(key) if key != null], [for key in try(var.redaction.fields.remove, []) : lower(key) if key != null]
    )) == 0
    error_message = "redaction.hash must have no key that redaction.fields.remove has: there is nothing to hash."
  }

  validation {
    condition     = try(length(var.redaction.hash), 0) == 0 || try(var.hash_key.secret_arn, null) != null
    error_message = "redaction.hash needs hash_key.secret_arn: a secret that holds {\"hash_key\": \"<32 characters or more>\"}."
  }

  # See record_keys.tf.
  validation {
    condition = alltrue([
      for key in flatten([
        try(var.redaction.hash, []), try(var.redaction.fields.keep, []), try(var.redaction.fields.remove, []), try(var.redaction.mask[*].fields, [])
      ]) : !can(regex(local.near_record_key, replace(key, "/[_-]/", ""))) if !can(regex(local.known_key, coalesce(key, "user")))
    ])
    error_message = "redaction names a key that does not exist. Did you mean ${join(", ", [
      for known, near in local.near_record_keys : known if anytrue([
        for key in flatten([
          try(var.redaction.hash, []), try(var.redaction.fields.keep, []), try(var.redaction.fields.remove, []), try(var.redaction.mask[*].fields, [])
        ]) : can(regex(near, replace(key, "/[_-]/", ""))) if !can(regex(local.known_key, coalesce(key, "user")))
      ])
    ])}?"
  }
}

variable "hash_key" {
  type        = any
  default     = {}
  nullable    = false
  description = <<-EOT
    Secret of the key of `redaction.hash`. It holds `{"hash_key": "<32 characters or more>"}`. Needed with `redaction.hash`, and refused
    without. With a new key, equal values have other hashes.

    - `secret_arn`: ARN of the secret, in the pipeline's region.
    - `kms_key_arn`: Customer key that encrypts the secret. Default: the key of AWS.
  EOT

  validation {
    condition     = length(setsubtract(keys(var.hash_key), local.fields.hash_key)) == 0
    error_message = "hash_key has no field ${join(", ", setsubtract(keys(var.hash_key), local.fields.hash_key))}; known: ${local.known.hash_key}."
  }

  validation {
    condition     = try(var.hash_key.secret_arn, null) == null || can(regex(local.secret_arn_pattern, var.hash_key.secret_arn))
    error_message = "hash_key.secret_arn must be ${local.secret_arn_expectation}."
  }

  validation {
    condition     = try(split(":", var.hash_key.secret_arn)[4] == local.account_id, true) || try(var.hash_key.kms_key_arn, null) != null
    error_message = "hash_key.kms_key_arn must be given for a secret of another account: AWS's own key cannot be shared."
  }

  validation {
    condition     = try(var.hash_key.kms_key_arn, null) == null || can(regex(local.kms_key_arn_pattern, var.hash_key.kms_key_arn))
    error_message = "hash_key.kms_key_arn must be ${local.kms_key_arn_expectation}."
  }

  validation {
    condition     = try(var.hash_key.kms_key_arn, null) == null || try(var.hash_key.secret_arn, null) != null
    error_message = "hash_key.kms_key_arn needs hash_key.secret_arn, the secret that it encrypts."
  }
}
