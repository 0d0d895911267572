# Which stages the function may set. Each listed stage is named in the role, with where it may log and in which format. A stage
# that may be taken over is restored later, so no condition can be on it. IAM has no permission for access logging only: a
# permission to update a stage covers everything in it.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_apigateway.html
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_apigatewayv2.html

locals {
  gateway = "arn:${var.pipeline.partition}:apigateway:${var.pipeline.region}::"
  kinds = {
    REST      = { sid = "Rest", root = "${local.gateway}/restapis" }
    HTTP      = { sid = "Http", root = "${local.gateway}/apis" }
    WEBSOCKET = { sid = "WebSocket", root = "${local.gateway}/apis" }
  }

  # By type, the end of the ARN of each listed stage, and of each match.
  stage_paths = {
    for type, settings in local.destinations : type => settings == null ? [] : concat(
      [
        for stage in local.stages : { path = "${stage.api_id}/stages/${stage.stage}", overwrite = stage.overwrite }
        if stage.type == type
      ],
      distinct([
        for one in local.match : { path = "*/stages/${one.stage == null ? "*" : one.stage}", overwrite = one.overwrite }
        if one.types == null ? true : contains(one.types, type)
      ]),
    )
  }
  is_matched = {
    for type in keys(local.kinds) : type => anytrue([for one in local.match : one.types == null ? true : contains(one.types, type)])
  }

  # A managed policy holds 6,144 characters: 1,300 for the statements, the format, and 144 for a REST stage with long names, or
  # 298 for another. The number of policies must not depend on names that Terraform learns when it makes an API.
  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  stages_per_policy = {
    for type, settings in local.destinations : type => settings == null ? 1 : max(
      1, floor((6144 - 1300 - length(jsonencode(settings.format))) / (type == "REST" ? 144 : 298))
    )
  }
  # A role takes ten policies, and has the old and the new ones while they change. If five are too few, each holds more stages,
  # and a precondition checks that they fit. The last policy of each type may be half empty.
  policies_needed = [
    for type, stages in local.stage_paths : length(stages) / local.stages_per_policy[type] if length(stages) > 0
  ]
  crowding = max(1, sum(concat([0], local.policies_needed)) / (6 - length(local.policies_needed)))

  stage_policies = merge([
    for type, all in local.stage_paths : {
      for index, stages in chunklist(all, ceil(local.stages_per_policy[type] * local.crowding)) : "${type}-${index}" => jsonencode({
        Version = "2012-10-17"
        Statement = [for statement in [
          {
            Sid      = "ListStages"
            Effect   = "Allow"
            Action   = "apigateway:GET"
            Resource = index == 0 && local.is_matched[type] ? [local.kinds[type].root, "${local.kinds[type].root}/*/stages"] : []
          },
          # API Gateway does this in the caller's name when an HTTP stage starts or stops logging. CloudWatch Logs has no
          # resources for it: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
          {
            Sid    = "DeliverLogs"
            Effect = "Allow"
            Action = [
              "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
              "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
            ]
            Resource = type == "HTTP" ? ["*"] : []
          },
          # An update that removes the logging has neither destination nor format.
          {
            Sid      = "Set${local.kinds[type].sid}"
            Effect   = "Allow"
            Action   = ["apigateway:GET", "apigateway:PATCH"]
            Resource = sort([for stage in stages : "${local.kinds[type].root}/${stage.path}" if !stage.overwrite])
            Condition = {
              StringEqualsIfExists = {
                "apigateway:Request/AccessLoggingDestination" = local.destinations[type].destinationArn
                "apigateway:Request/AccessLoggingFormat"      = local.destinations[type].format
              }
            }
          },
          {
            Sid      = "Set${local.kinds[type].sid}TakingOver"
            Effect   = "Allow"
            Action   = ["apigateway:GET", "apigateway:PATCH"]
            Resource = sort([for stage in stages : "${local.kinds[type].root}/${stage.path}" if stage.overwrite])
          },
          {
            Sid      = "RemoveV2"
            Effect   = "Allow"
            Action   = "apigateway:DELETE"
            Resource = type == "REST" ? [] : sort([for stage in stages : "${local.kinds[type].root}/${stage.path}/accesslogsettings"])
          },
        ] : statement if length(statement.Resource) > 0]
      })
    }
  ]...)
}

# The hash in the name lets a changed policy exist next to the old one: the call that restores a removed stage comes between
# the two.
resource "aws_iam_policy" "stages" {
  for_each = local.stage_policies

  name_prefix = "${local.iam.name_prefix}enroll-${each.key}-${substr(sha256(each.value), 0, 16)}-"
  description = "Stages of API Gateway that the enrollment for Moesif may read and set"
  path        = local.iam.path
  policy      = each.value
  tags        = local.tags

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = length(each.value) <= 6144
      error_message = <<-EOT
        stages has too many, or too long names, for each to be named in the role: its policy ${each.key} would have
        ${length(each.value)} characters, and IAM takes 6144. Find stages by `match`, for which one policy is enough.
      EOT
    }
  }
}

resource "aws_iam_role_policy_attachment" "stages" {
  for_each = local.stage_policies

  role       = aws_iam_role.function.name
  policy_arn = aws_iam_policy.stages[each.key].arn

  lifecycle {
    create_before_destroy = true
  }
}
