/** Access logging of a REST API's stage that is defined in one's own code. */
import { Token } from "../cdk";
import { STREAM_NAME_PREFIX } from "../pipeline/delivery-stream";
import { InvalidValueError } from "../value-checks";
import { restAccessLogFormat, restAccessLogFormatProblems } from "./rest-format";

/** The argument `access_log_settings` of `aws_api_gateway_stage`. */
export interface StageAccessLogSettings {
  readonly destinationArn: string;
  readonly format: string;
}

/**
 * `accessLogSettings` for a stage. HTTP and WebSocket APIs cannot write to Firehose.
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
  const problems = Token.isUnresolved(format) ? [] : restAccessLogFormatProblems(format);
  if (!Token.isUnresolved(stream.arn) && !stream.arn.includes(`:deliverystream/${STREAM_NAME_PREFIX}`)) {
    problems.push(
      `API Gateway writes to delivery streams named ${STREAM_NAME_PREFIX}… alone, and this is ${JSON.stringify(stream.arn)}`,
    );
  }
  if (problems.length > 0) throw new InvalidValueError("restAccessLogSettings", problems);
  return { destinationArn: stream.arn, format };
}
