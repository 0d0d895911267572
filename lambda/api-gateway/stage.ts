/** What a stage of API Gateway is, in one shape for REST, HTTP and WebSocket APIs. */

/** The three kinds of API; the first is of API Gateway's version 1, the others of its version 2. */
export const API_TYPES = ["REST", "HTTP", "WEBSOCKET"] as const;
/** Type of an API of API Gateway. */
export type ApiType = (typeof API_TYPES)[number];

/** Where a stage writes its access logs, and how. */
export interface AccessLogSettings {
  /** ARN of a delivery stream (only REST APIs) or of a log group. */
  readonly destinationArn: string;
  /** Access-log format. */
  readonly format: string;
}

/** Which stage is meant. */
export interface StageId {
  /** Type of the API. */
  /** Type of the API. */
  readonly type: ApiType;
  /** Id of the API, such as `a1b2c3d4e5`. */
  readonly apiId: string;
  /** Name of the stage, such as `prod` or `$default`. */
  readonly stage: string;
}

/** What API Gateway says of a stage when it is asked for this stage only. */
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

/** What both versions of API Gateway can do with stages. */
export interface StageSource {
  /** All stages of all APIs. */
  stages(): AsyncIterable<Stage>;
  /** @throws the SDK's NotFoundException if there is no such API or stage */
  stage(id: StageId): Promise<BareStage>;
  /** Needs no deployment; what else the stage has stays. */
  setAccessLog(id: StageId, settings: AccessLogSettings): Promise<void>;
  removeAccessLog(id: StageId): Promise<void>;
}

/** The access logging of a stage, where it has a destination: without one nothing is logged. */
export function accessLogOf(destinationArn: string | undefined, format = ""): Pick<BareStage, "accessLog"> {
  return destinationArn ? { accessLog: { destinationArn, format } } : {};
}

/** A log group's ARN may end with `:*`, and means the same. */
export function isSameDestination(one: string, other: string): boolean {
  return one.replace(/:\*$/, "") === other.replace(/:\*$/, "");
}

/** A format may end with a line break, and nothing says that API Gateway keeps it. */
export function isSameLogging(one: AccessLogSettings, other: AccessLogSettings): boolean {
  return isSameDestination(one.destinationArn, other.destinationArn) && one.format.trimEnd() === other.format.trimEnd();
}

/** The same for the same stage, and for no other. No id of an API and no name of a stage has a slash. */
export function keyOf({ type, apiId, stage }: StageId): string {
  return `${type}/${apiId}/${stage}`;
}

/** For a sentence, where it stands at the beginning. */
export function nameOf({ type, apiId, stage }: StageId): string {
  return `Stage ${JSON.stringify(stage)} of the ${type === "WEBSOCKET" ? "WebSocket" : type} API ${apiId}`;
}

/** Only what identifies the stage. */
export function idOf({ type, apiId, stage }: StageId): StageId {
  return { type, apiId, stage };
}
