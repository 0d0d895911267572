/**
 * Moesif's `GET /v1/config`, from which its clients take their sampling rules: by the application id, and answered with
 * 304 while nothing has changed (https://github.com/Moesif/moesif-firehose-transform-lambda).
 */
import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { ContractViolation } from "./moesif-contract";

/** The config of an application without rules. */
export const NO_RULES = { sample_rate: 100, user_sample_rate: {}, company_sample_rate: {}, regex_config: [] };

/** What is answered. */
export interface ConfigAnswer {
  readonly status: 200 | 304;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The path of the config, on the server of a stream's URL. */
export function configPathOf(deliveryPath: string): string {
  return deliveryPath.replace(/\/v1\/partners\/.*$/s, "/v1/config");
}

/** @throws ContractViolation if the application id is missing or another one */
export function answerConfig(headers: IncomingHttpHeaders, applicationId: string, config: unknown): ConfigAnswer {
  const given = headers["x-moesif-application-id"];
  if (given === undefined) throw new ContractViolation("the header x-moesif-application-id is missing", 401);
  if (given !== applicationId)
    throw new ContractViolation("the application id is not the one in the secret of this run", 401);
  const body = JSON.stringify(config);
  const etag = createHash("sha256").update(body).digest("hex").slice(0, 32);
  const answer = { "X-Moesif-Config-ETag": etag };
  if (headers["if-none-match"] === etag) return { status: 304, headers: answer, body: "" };
  return { status: 200, headers: { ...answer, "Content-Type": "application/json" }, body };
}
