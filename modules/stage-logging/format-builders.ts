/** The builder of the access-log format of each type of API. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import type { AccessLogFormatProps } from "./build-format";
import { httpAccessLogFormat } from "./http-format";
import { restAccessLogFormat } from "./rest-format";
import { websocketAccessLogFormat } from "./websocket-format";

/** With what all types have in common; `path` is for REST and HTTP APIs. */
export const FORMAT_BUILDERS: {
  readonly [type in ApiType]: (props?: AccessLogFormatProps & { readonly path?: string }) => string;
} = {
  REST: restAccessLogFormat,
  HTTP: httpAccessLogFormat,
  WEBSOCKET: websocketAccessLogFormat,
};
