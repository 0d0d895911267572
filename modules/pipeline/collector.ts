/** Moesif's collector, and where it takes what the stream delivers. */
import { Fn, Op, Token } from "../cdk";
import { rules } from "../rules";
import type { ValueChecks } from "../value-checks";

export const DEFAULT_BASE_URL = "https://api.moesif.net";

/** What is delivered where nothing is said: the keys of Moesif's access logs. */
export const DEFAULT_OUTPUT = "accessLog";

/** Where Moesif takes API Gateway's access logs from Firehose. */
export const ACCESS_LOG_PATH = "/v1/partners/aws/kinesis";

/** Where Moesif takes objects in its event model from Firehose. */
export const EVENT_PATH = `${ACCESS_LOG_PATH}/events`;

/** A base URL without the slash that may end it. */
export function withoutSlash(baseUrl: string): string {
  return Token.isUnresolved(baseUrl) ? Fn.trimsuffix(baseUrl, "/") : baseUrl.replace(/\/$/, "");
}

/** The endpoint for an output, below a base URL. */
export function endpointUrl(baseUrl: string, output: string, checks: ValueChecks): string {
  checks.check("baseUrl", baseUrl, rules.baseUrl).check("output", output, rules.output);
  const problem = `baseUrl must end before ${ACCESS_LOG_PATH}, which is appended to it`;
  if (Token.isUnresolved(baseUrl)) {
    checks.require(Op.not(Fn.can(Fn.regex(ACCESS_LOG_PATH, baseUrl))), `${problem}.`);
  } else if (baseUrl.includes(ACCESS_LOG_PATH)) {
    checks.refuse(`${problem}, and is ${JSON.stringify(baseUrl)}`);
  }
  return `${withoutSlash(baseUrl)}${pathOf(output)}`;
}

function pathOf(output: string): string {
  if (!Token.isUnresolved(output)) return output === "event" ? EVENT_PATH : ACCESS_LOG_PATH;
  return Token.asString(Fn.conditional(Op.eq(output, "event"), EVENT_PATH, ACCESS_LOG_PATH));
}
