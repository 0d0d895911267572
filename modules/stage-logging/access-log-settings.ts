/** Access log settings of a stage that is defined in your own code. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { Token } from "../cdk";
import { STREAM_NAME_PREFIX } from "../pipeline/names";
import { InvalidValueError } from "../settings/checks";
import type { Issue } from "../settings/issue";
import { accessLogFormatIssues } from "../access-log-format/check";
import { FORMAT_BUILDERS } from "../access-log-format/build";

/** The argument `access_log_settings` of `aws_api_gateway_stage` and of `aws_apigatewayv2_stage`. */
export interface StageAccessLogSettings {
  /** ARN of the delivery stream or log group. */
  readonly destinationArn: string;
  /** Access-log format. */
  readonly format: string;
}

/** A stream or log group. An ARN that is a token is passed unchecked. */
interface Destination {
  readonly arn: string;
}

/**
 * `accessLogSettings` of a REST stage, which logs to the delivery stream.
 *
 * @param stream the delivery stream, in the account and region of the API
 * @param format default: `restAccessLogFormat()`; a token is passed unchecked
 * @throws InvalidValueError if API Gateway or Moesif refuses the format, or the name of the stream
 * @example
 * new ApiGatewayStage(stack, "prod", { …, accessLogSettings: restAccessLogSettings(pipeline.stream) });
 */
export function restAccessLogSettings(stream: Destination, format?: string): StageAccessLogSettings {
  return accessLogSettings("restAccessLogSettings", "REST", stream, format);
}

/**
 * `accessLogSettings` of an HTTP stage, which logs to a log group.
 *
 * @param logGroup the log group, in the account and region of the API: `pipeline.stageLogGroup()`
 * @param format default: `httpAccessLogFormat()`; a token is passed unchecked
 * @throws InvalidValueError if API Gateway or Moesif refuses the format, or the destination is no log group
 * @example
 * new Apigatewayv2Stage(stack, "prod", { …, accessLogSettings: httpAccessLogSettings(pipeline.stageLogGroup()) });
 */
export function httpAccessLogSettings(logGroup: Destination, format?: string): StageAccessLogSettings {
  return accessLogSettings("httpAccessLogSettings", "HTTP", logGroup, format);
}

/**
 * `accessLogSettings` of a WebSocket stage, which logs to a log group. API Gateway refuses them until the account has a
 * CloudWatch role in the region: see `ApiGatewayLogRole`.
 *
 * @param logGroup the log group, in the account and region of the API: `pipeline.stageLogGroup()`
 * @param format default: `websocketAccessLogFormat()`; a token is passed unchecked
 * @throws InvalidValueError if API Gateway or Moesif refuses the format, or the destination is no log group
 */
export function websocketAccessLogSettings(logGroup: Destination, format?: string): StageAccessLogSettings {
  return accessLogSettings("websocketAccessLogSettings", "WEBSOCKET", logGroup, format);
}

/** @param source what the error names */
export function accessLogSettings(
  source: string,
  type: ApiType,
  { arn }: Destination,
  format: string = FORMAT_BUILDERS[type](),
): StageAccessLogSettings {
  const issues = accessLogIssues(type, { destinationArn: arn, format });
  if (issues.length > 0) throw new InvalidValueError(source, issues);
  return { destinationArn: arn, format };
}

/** What is wrong with a format, and with the ARN of a destination. */
export function accessLogIssues(type: ApiType, { destinationArn, format }: StageAccessLogSettings): Issue[] {
  return [
    ...(Token.isUnresolved(format) ? [] : accessLogFormatIssues(type, format)),
    ...(isDestination(type, destinationArn)
      ? []
      : [{ ...DESTINATIONS[type === "REST" ? "stream" : "logGroup"], path: [] }]),
  ];
}

const DESTINATIONS = {
  stream: {
    id: "destination",
    message: `the destination is not a delivery stream whose name begins with ${STREAM_NAME_PREFIX}`,
    fix: "use the stream of a pipeline: API Gateway writes to no other",
  },
  logGroup: {
    id: "destination",
    message: "the destination is not the ARN of a log group without ':*' at its end",
    fix: "use the log group of a pipeline, `pipeline.stageLogGroup()`: HTTP and WebSocket APIs write to no stream",
  },
} as const;

function isDestination(type: ApiType, arn: string): boolean {
  if (Token.isUnresolved(arn)) return true;
  if (type === "REST") return arn.includes(`:deliverystream/${STREAM_NAME_PREFIX}`);
  return /^arn:[^:]+:logs:[^:]+:[0-9]+:log-group:[^:*]+$/.test(arn);
}
