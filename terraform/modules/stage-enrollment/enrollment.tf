# The requests to the function. `try`, `can`, `lookup` and `flatten` are avoided on purpose: if a value holds anything unknown,
# such as the id of an API of the same plan, their result is unknown, and then Terraform cannot plan the policies. for_each
# refuses sensitive values: none of these is a secret.

locals {
  given_destinations = merge({ rest = null, http = null, websocket = null }, nonsensitive(var.destinations))
  destinations = {
    for type, settings in {
      REST      = local.given_destinations.rest
      HTTP      = local.given_destinations.http
      WEBSOCKET = local.given_destinations.websocket
      } : type => nonsensitive(settings == null) ? null : {
      destinationArn = nonsensitive(nonsensitive(settings).destination_arn)
      format         = nonsensitive(nonsensitive(settings).format)
    }
  }

  stages = [
    for stage in [
      for given in nonsensitive(var.stages) : merge(
        { type = null, api_id = null, stage = null, overwrite = null },
        { for field, value in nonsensitive(given) : field => nonsensitive(value) },
      )
    ] : merge(stage, { type = coalesce(stage.type, "REST"), overwrite = stage.overwrite == true })
  ]

  match = [
    for one in [
      for given in nonsensitive(var.match) : merge(
        { tags = null, api_name = null, stage = null, types = null, overwrite = null },
        { for field, value in nonsensitive(given) : field => nonsensitive(value) },
      )
    ] : merge(one, { overwrite = one.overwrite == true })
  ]

  # In the function's spelling, without missing values.
  asked = { for field, value in {
    destinations = { for type, settings in local.destinations : type => settings if settings != null }
    stages = length(local.stages) == 0 ? null : [
      for stage in local.stages : { for field, value in {
        type = stage.type, apiId = stage.api_id, stage = stage.stage, overwrite = stage.overwrite ? true : null
      } : field => value if value != null }
    ]
    match = length(local.match) == 0 ? null : [
      for one in local.match : { for field, value in {
        tags = one.tags, apiName = one.api_name, stage = one.stage, types = one.types, overwrite = one.overwrite ? true : null
      } : field => value if value != null }
    ]
  } : field => value if value != null }
}

# Asks the function at each plan, which changes nothing; at the apply if the function or its permissions change. Stages in
# conflict and missing stages stop the plan, or the apply before anything is set.
data "aws_lambda_invocation" "check" {
  function_name = aws_lambda_function.this.function_name
  input         = jsonencode({ check = local.asked })

  depends_on = [aws_iam_role_policy.function, aws_iam_role_policy_attachment.stages]

  lifecycle {
    postcondition {
      condition     = length(jsondecode(self.result).problems) == 0
      error_message = join("\n", jsondecode(self.result).problems)
    }
  }
}

# Shows problems that do not stop the plan as warnings in each plan.
check "stages" {
  assert {
    condition     = length(jsondecode(data.aws_lambda_invocation.check.result).warnings) == 0
    error_message = join("\n", jsondecode(data.aws_lambda_invocation.check.result).warnings)
  }
}

# Restores all stages at destroy. If the first call of `enroll` fails half way, Terraform keeps nothing of it, although stages
# may have been set. It does keep this one, which does nothing until destroy.
resource "aws_lambda_invocation" "restore" {
  function_name   = aws_lambda_function.this.function_name
  input           = jsonencode({ restore = true })
  lifecycle_scope = "CRUD"

  depends_on = [data.aws_lambda_invocation.check, aws_iam_role_policy.function, aws_iam_role_policy_attachment.stages]
}

# Sets the stages, sets them again, and restores them. The input holds the number of the check's run: a new one if there is
# something to do, so that a failed call is repeated although Terraform considers its input done.
resource "aws_lambda_invocation" "enroll" {
  function_name   = aws_lambda_function.this.function_name
  input           = jsonencode({ enroll = local.asked, run = jsondecode(data.aws_lambda_invocation.check.result).run })
  lifecycle_scope = "CRUD"

  depends_on = [aws_lambda_invocation.restore, aws_iam_role_policy.function, aws_iam_role_policy_attachment.stages]

  lifecycle {
    # What failed is an error of the apply that tried; at later plans the check knows better than the state.
    postcondition {
      condition = length(jsondecode(self.result).problems) == 0 || !anytrue([
        for stage in jsondecode(data.aws_lambda_invocation.check.result).stages : contains(["enrolled", "restored"], stage.result)
      ])
      error_message = join("\n", jsondecode(self.result).problems)
    }
  }
}
