/** What stages of a type are to write: a variable that says what differs, and an output that they take. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { type ITerraformDependable, Token } from "../cdk";
import { accessLogSection } from "../rollout/access-log-schema";
import { about, section } from "../rollout/fields";
import { formatFits } from "./format-fits";
import { httpAccessLogFormat } from "../stage-logging/http-format";
import { authorizerPropertyExpression, identityExpression } from "./identity-expression";
import { restAccessLogFormat } from "../stage-logging/rest-format";
import {
  httpAccessLogSettings,
  restAccessLogSettings,
  websocketAccessLogSettings,
} from "../stage-logging/stage-settings";
import { websocketAccessLogFormat } from "../stage-logging/websocket-format";
import { snakeCase } from "./expressions";
import { authorizerIdentity } from "./identity-schema";
import type { ModuleStack } from "./module-stack";

const KINDS = {
  REST: {
    prefix: "rest",
    resource: "aws_api_gateway_stage",
    format: restAccessLogFormat,
    settings: restAccessLogSettings,
  },
  HTTP: {
    prefix: "http",
    resource: "aws_apigatewayv2_stage",
    format: httpAccessLogFormat,
    settings: httpAccessLogSettings,
  },
  WEBSOCKET: {
    prefix: "websocket",
    resource: "aws_apigatewayv2_stage",
    format: websocketAccessLogFormat,
    settings: websocketAccessLogSettings,
  },
} as const satisfies Record<ApiType, object>;

const { path, request } = accessLogSection.shape;

/** The variable of what stages of a type are to write. */
export function accessLogSchema(type: ApiType) {
  // WebSocket APIs have routes in the place of paths.
  const shape = {
    ...authorizerIdentity(type),
    ...(type !== "WEBSOCKET" && { path: path.meta({ default: "real" }) }),
    request,
  };
  return section(shape)
    .optional()
    .meta(about(`What stages of ${type} APIs are to write: the output \`${outputName(type)}\` has it.`));
}

function outputName(type: ApiType): string {
  return `${KINDS[type].prefix}_access_log_settings`;
}

/**
 * The output with the arguments of `access_log_settings`.
 *
 * @param destinationArn where stages of the type log
 * @param variable name of the variable that says what differs
 * @param dependsOn what has to be there before a stage logs
 */
export function formatOutput(
  stack: ModuleStack,
  type: ApiType,
  { destinationArn, variable, dependsOn = [] }: FormatOutputProps,
): void {
  const { resource, format, settings } = KINDS[type];
  const given = `var.${snakeCase(variable)}`;
  const property = (name: string) => authorizerPropertyExpression(`${given}.request.${snakeCase(name)}`);
  const text = format({
    user: identityExpression(type, `${given}.user`),
    company: identityExpression(type, `${given}.company`),
    request: {
      query: property("query"),
      forwardedFor: property("forwardedFor"),
      contentType: property("contentType"),
    },
    ...(type !== "WEBSOCKET" && { path: Token.asString(stack.value(variable, "path")) }),
  });
  const written = Token.asString(stack.local(`${KINDS[type].prefix}_access_log_format`, text));
  const { format: checked } = settings({ arn: destinationArn }, written);
  stack.output(
    outputName(type),
    `The arguments of \`access_log_settings\` of an \`${resource}\` of a ${type} API, in the account and region of the pipeline.`,
    { destination_arn: destinationArn, format: checked },
    { dependsOn, precondition: formatFits(type, checked) },
  );
}

interface FormatOutputProps {
  readonly destinationArn: string;
  readonly variable: string;
  readonly dependsOn?: readonly ITerraformDependable[];
}
