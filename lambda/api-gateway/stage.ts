/** What a stage of API Gateway is, in one shape for REST, HTTP and WebSocket APIs. */

/** The three kinds of API; the first is of API Gateway's version 1, the others of its version 2. */
export const API_TYPES = ["REST", "HTTP", "WEBSOCKET"] as const;
export type ApiType = (typeof API_TYPES)[number];

/** Where a stage writes its access logs, and how. */
export interface AccessLogSettings {
  /** ARN of a delivery stream (REST APIs alone) or of a log group. */
  readonly destinationArn: string;
  readonly format: string;
}

/** Which stage is meant. */
export interface StageId {
  readonly type: ApiType;
  /** Id of the API, such as `a1b2c3d4e5`. */
  readonly apiId: string;
  /** Name of the stage, such as `prod` or `$default`. */
  readonly stage: string;
}

/** What API Gateway says of a stage when it is asked for the stage alone. */
export interface BareStage extends StageId {
  readonly stageTags: Readonly<Record<string, string>>;
  /** Absent where the stage logs nowhere. */
  readonly accessLog?: AccessLogSettings;
}

/** A stage with what its API is like. */
export interface Stage extends BareStage {
  readonly apiName: string;
  readonly apiTags: Readonly<Record<string, string>>;
}
