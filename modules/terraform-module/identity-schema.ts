/** Who calls, as the variables of the formats say it: a union of sources is one object in Terraform. */
import { z } from "zod";
import type { ApiType } from "../../lambda/api-gateway/stage";
import { HTTP_SOURCES, REST_SOURCES, WEBSOCKET_SOURCES } from "../rollout/access-log-schema";
import { about, section } from "../rollout/fields";

const SOURCES: Readonly<Record<ApiType, readonly string[]>> = {
  REST: REST_SOURCES,
  HTTP: HTTP_SOURCES,
  WEBSOCKET: WEBSOCKET_SOURCES,
};

/** The fields `user` and `company` for stages of a type. */
export function authorizerIdentity(type: ApiType) {
  const source = section({
    from: z.enum(SOURCES[type] as [string, ...string[]]).meta(about("Where API Gateway finds it.")),
    name: z
      .string()
      .optional()
      .meta(about("Name of the claim, or of the property that a Lambda authorizer returned; of these two alone.")),
  }).meta({ form: "identity" });
  return {
    user: source.optional().meta({ ...about("Who the user of a call is."), form: "identity" }),
    company: source.optional().meta({ ...about("Who the company of a call is."), form: "identity" }),
  };
}
