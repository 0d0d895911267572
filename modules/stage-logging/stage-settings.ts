/** Access logging of a stage that is defined in one's own code. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { Token } from "../cdk";
import { STREAM_NAME_PREFIX } from "../pipeline/names";
import { InvalidValueError } from "../value-checks";
import { accessLogFormatProblems } from "./check-format";
import { httpAccessLogFormat, restAccessLogFormat, websocketAccessLogFormat } from "./format";

/** The argument `access_log_settings` of `aws_api_gateway_stage` and of `aws_apigatewayv2_stage`. */
export interface StageAccessLogSettings {
  readonly destinationArn: string;
  readonly format: string;
}

/**
 * `accessLogSettings` for a stage of a REST API, which writes to the delivery stream itself.
 *
 * @param stream the delivery stream, in the account and region of the API
 * @param format default: {@link restAccessLogFormat} without options
 * @throws InvalidValueError if the format, or the name of the stream, is one that API Gateway or Moesif refuses
 * @example
 * new ApiGatewayStage(stack, "prod", { …, accessLogSettings: restAccessLogSettings(pipeline.stream) });
 */
export function restAccessLogSettings(
  stream: { readonly arn: string },
  format: string = restAccessLogFormat(),
): StageAccessLogSettings {
  return settings("restAccessLogSettings", "REST", stream.arn, format);
}

/**
 * `accessLogSettings` for a stage of an HTTP API, which can write to a log group alone.
 *
 * @param logGroup the log group, in the account and region of the API: `pipeline.stageLogGroup()`
 * @param format default: {@link httpAccessLogFormat} without options
 * @throws InvalidValueError if the format, or the destination, is one that API Gateway or Moesif refuses
 * @example
 * new Apigatewayv2Stage(stack, "prod", { …, accessLogSettings: httpAccessLogSettings(pipeline.stageLogGroup()) });
 */
export function httpAccessLogSettings(
  logGroup: { readonly arn: string },
  format: string = httpAccessLogFormat(),
): StageAccessLogSettings {
  return settings("httpAccessLogSettings", "HTTP", logGroup.arn, format);
}

/**
 * `accessLogSettings` for a stage of a WebSocket API, which can write to a log group alone. API Gateway refuses them
 * until the account has a CloudWatch role in the region: see `ApiGatewayLogRole`.
 *
 * @param logGroup the log group, in the account and region of the API: `pipeline.stageLogGroup()`
 * @param format default: {@link websocketAccessLogFormat} without options
 * @throws InvalidValueError if the format, or the destination, is one that API Gateway or Moesif refuses
 */
export function websocketAccessLogSettings(
  logGroup: { readonly arn: string },
  format: string = websocketAccessLogFormat(),
): StageAccessLogSettings {
  return settings("websocketAccessLogSettings", "WEBSOCKET", logGroup.arn, format);
}

function settings(what: string, type: ApiType, destinationArn: string, format: string): StageAccessLogSettings {
  const problems = [
    ...(Token.isUnresolved(format) ? [] : accessLogFormatProblems(type, format)),
    ...(Token.isUnresolved(destinationArn) ? [] : destinationProblems(type, destinationArn)),
  ];
  if (problems.length > 0) throw new InvalidValueError(what, problems);
  return { destinationArn, format };
}

function destinationProblems(type: ApiType, arn: string): string[] {
  if (type === "REST") {
    if (arn.includes(`:deliverystream/${STREAM_NAME_PREFIX}`)) return [];
    return [
      `API Gateway writes to delivery streams named ${STREAM_NAME_PREFIX}… alone, and this is ${JSON.stringify(arn)}`,
    ];
  }
  if (/^arn:[^:]+:logs:[^:]+:[0-9]+:log-group:[^:*]+$/.test(arn)) return [];
  return [
    `HTTP and WebSocket APIs write to log groups alone: give the ARN of one, without ':*' at its end, and not ${JSON.stringify(arn)}`,
  ];
}
