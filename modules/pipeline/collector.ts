/** Moesif's collector, and where it takes what the stream delivers. */
import { Token } from "../cdk";
import { rules } from "../rules";
import type { ValueChecks } from "../value-checks";

export const DEFAULT_BASE_URL = "https://api.moesif.net";

/** What the transformer makes: the keys of Moesif's access logs, or objects in its event model. */
export type Output = (typeof rules.output.choices)[number];

export const DEFAULT_OUTPUT: Output = "accessLog";

/** Where Moesif takes API Gateway's access logs from Firehose. */
export const ACCESS_LOG_PATH = "/v1/partners/aws/kinesis";

/** Where Moesif takes objects in its event model from Firehose. */
export const EVENT_PATH = `${ACCESS_LOG_PATH}/events`;

/** A base URL without the slash that may end it; a token must have none. */
export function withoutSlash(baseUrl: string): string {
  return Token.isUnresolved(baseUrl) ? baseUrl : baseUrl.replace(/\/$/, "");
}

/** The endpoint for an output, below a base URL. */
export function endpointUrl(baseUrl: string, output: Output, checks: ValueChecks): string {
  checks.check("baseUrl", baseUrl, rules.baseUrl).choose("output", output, rules.output);
  if (baseUrl.includes(ACCESS_LOG_PATH)) {
    checks.refuse(
      `baseUrl must end before ${ACCESS_LOG_PATH}, which is appended to it, and is ${JSON.stringify(baseUrl)}`,
    );
  }
  return `${withoutSlash(baseUrl)}${output === "event" ? EVENT_PATH : ACCESS_LOG_PATH}`;
}
