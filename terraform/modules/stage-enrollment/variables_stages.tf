variable "stages" {
  description = <<-EOT
    Stages by their names. A stage that logs somewhere else stops the plan, unless it may be taken over. Terraform must know
    at plan time how many stages there are, and of which types; their ids may come of the same plan.

    - `[].type`: Type of the API: `REST`, `HTTP` or `WEBSOCKET`. Default: `"REST"`.
    - `[].api_id`: Id of the API. Required.
    - `[].stage`: Name of the stage. Required.
    - `[].overwrite`: Whether the stage is taken over if it logs somewhere else. It gets back what it had when it is removed
      from the list. Default: `false`.
  EOT
  type        = any
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for stage in var.stages : can(keys(stage))
    ])
    error_message = format("%s must be an object of %s.", join(", ", [
      for index, stage in var.stages : "stages[${index}]" if !can(keys(stage))
    ]), join(", ", local.fields.stages))
  }

  validation {
    condition = alltrue([
      for stage in var.stages : length(setsubtract(try(keys(stage), []), local.fields.stages)) == 0
    ])
    error_message = format("%s; known: %s.", join(", ", [
      for index, stage in var.stages : "stages[${index}] has no field ${join(", ", setsubtract(keys(stage), local.fields.stages))}"
      if length(setsubtract(try(keys(stage), []), local.fields.stages)) > 0
    ]), join(", ", local.fields.stages))
  }

  validation {
    condition = alltrue([
      for stage in var.stages : contains(["REST", "HTTP", "WEBSOCKET"], try(coalesce(stage.type), "REST"))
    ])
    error_message = format("%s must be one of REST, HTTP, WEBSOCKET.", join(", ", [
      for index, stage in var.stages : "stages[${index}].type" if !contains(["REST", "HTTP", "WEBSOCKET"], try(coalesce(stage.type), "REST"))
    ]))
  }

  validation {
    condition = alltrue([
      for stage in var.stages : !can(keys(stage)) ? true : can(regex("^[a-z0-9]{1,64}$", stage.api_id))
    ])
    error_message = format("%s must be the id of an API, lowercase letters and digits only, such as a1b2c3d4e5.", join(", ", [
      for index, stage in var.stages : "stages[${index}].api_id" if !can(keys(stage)) ? false : !can(regex("^[a-z0-9]{1,64}$", stage.api_id))
    ]))
  }

  # https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html
  validation {
    condition = alltrue([
      for stage in var.stages : !can(keys(stage)) ? true : can(regex("^([a-zA-Z0-9_-]{1,128}|[$]default)$", stage.stage))
    ])
    error_message = format("%s must be 1 to 128 letters, digits, '_' or '-', or $default.", join(", ", [
      for index, stage in var.stages : "stages[${index}].stage" if !can(keys(stage)) ? false : !can(regex("^([a-zA-Z0-9_-]{1,128}|[$]default)$", stage.stage))
    ]))
  }

  validation {
    condition = alltrue([
      for stage in var.stages : can(tobool(try(stage.overwrite, false)))
    ])
    error_message = format("%s must be true or false.", join(", ", [
      for index, stage in var.stages : "stages[${index}].overwrite" if !can(tobool(try(stage.overwrite, false)))
    ]))
  }

  validation {
    condition = alltrue([
      for stage in var.stages : contains(
        [for type, settings in var.destinations : type if settings != null], lower(try(coalesce(stage.type), "REST"))
      )
    ])
    error_message = format("%s must be of a type of API that has a destination: give one, or remove the stage.", join(", ", [
      for index, stage in var.stages : "stages[${index}]" if !contains(
        [for type, settings in var.destinations : type if settings != null], lower(try(coalesce(stage.type), "REST"))
      )
    ]))
  }

  validation {
    condition = length(distinct([for index, stage in var.stages : try("${stage.api_id}/${stage.stage}", index)])) == length(var.stages)
    error_message = format("%s must not be listed before: a stage can be listed once.", join(", ", [
      for index, stage in var.stages : "stages[${index}]"
      if try(contains([for other in slice(var.stages, 0, index) : "${other.api_id}/${other.stage}"], "${stage.api_id}/${stage.stage}"), false)
    ]))
  }
}

variable "match" {
  description = <<-EOT
    Stages by what they are like, also those that are made later: the next apply enrolls them, or the schedule. A stage that
    logs somewhere else is not changed, with a warning in the plan, unless it may be taken over. All that is given must hold.

    - `[].tags`: Tags that the stage or its API carries; of a tag on both, the stage's counts. Default: any.
    - `[].api_name`: Name of the API; `*` stands for any characters. Default: any.
    - `[].stage`: Name of the stage; `*` stands for any characters. Default: any.
    - `[].types`: Types of the APIs. Default: all that have a destination.
    - `[].overwrite`: Whether a stage is taken over if it logs somewhere else. It gets back what it had when it is removed.
      Default: `false`.
  EOT
  type        = any
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for one in var.match : can(keys(one))
    ])
    error_message = format("%s must be an object of %s.", join(", ", [
      for index, one in var.match : "match[${index}]" if !can(keys(one))
    ]), join(", ", local.fields.match))
  }

  validation {
    condition = alltrue([
      for one in var.match : length(setsubtract(try(keys(one), []), local.fields.match)) == 0
    ])
    error_message = format("%s; known: %s.", join(", ", [
      for index, one in var.match : "match[${index}] has no field ${join(", ", setsubtract(keys(one), local.fields.match))}"
      if length(setsubtract(try(keys(one), []), local.fields.match)) > 0
    ]), join(", ", local.fields.match))
  }

  validation {
    condition = alltrue([
      for one in var.match : !can(keys(one)) ? true : anytrue([
        try(length(one.tags) > 0, false), try(one.api_name != null, false), try(one.stage != null, false), try(one.types != null, false),
      ])
    ])
    error_message = "match must say what the stages are like in each of its objects: for all stages, write api_name = \"*\"."
  }

  validation {
    condition = alltrue([
      for one in var.match : try(one.api_name, null) == null ? true : can(regex("^.+$", one.api_name)) && try(length(one.api_name) <= 1024, false)
    ])
    error_message = "match[].api_name must be 1 to 1024 characters on one line, of which * stands for any."
  }

  validation {
    condition = alltrue([
      for one in var.match : try(one.stage, null) == null ? true : can(regex("^[a-zA-Z0-9_$*-]{1,128}$", one.stage))
    ])
    error_message = format("%s must be 1 to 128 letters, digits, '_', '-', '$', or '*' for any characters.", join(", ", [
      for index, one in var.match : "match[${index}].stage" if try(one.stage, null) == null ? false : !can(regex("^[a-zA-Z0-9_$*-]{1,128}$", one.stage))
    ]))
  }

  validation {
    condition = alltrue([
      for one in var.match : try(one.tags, null) == null ? true : alltrue([
        for key, value in one.tags : can(regex("^.{1,128}$", key)) && can(regex("^.{0,256}$", value))
      ])
    ])
    error_message = "match[].tags must have keys of 1 to 128 characters and values of at most 256, none of them null."
  }

  validation {
    condition     = alltrue([for one in var.match : try(length(one.tags) <= 50, true)])
    error_message = "match[].tags must have at most 50 entries."
  }

  validation {
    condition     = alltrue([for one in var.match : try(one.types, null) == null ? true : try(length(one.types) > 0, false)])
    error_message = "match[].types must be a list that is not empty."
  }

  validation {
    condition = alltrue([
      for one in var.match : alltrue([for type in try(tolist(one.types), []) : try(contains(["REST", "HTTP", "WEBSOCKET"], type), false)])
    ])
    error_message = "match[].types must be of REST, HTTP, WEBSOCKET."
  }

  validation {
    condition = alltrue([
      for one in var.match : length(setsubtract(
        [for type in try(tolist(one.types), []) : try(lower(type), "")], [for type, settings in var.destinations : type if settings != null]
      )) == 0
    ])
    error_message = "match[].types must name types of API that have a destination: give one, or remove the type."
  }

  validation {
    condition = alltrue([
      for one in var.match : can(tobool(try(one.overwrite, false)))
    ])
    error_message = format("%s must be true or false.", join(", ", [
      for index, one in var.match : "match[${index}].overwrite" if !can(tobool(try(one.overwrite, false)))
    ]))
  }
}
