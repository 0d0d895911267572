/** The stages of one account and region, whatever the type of their API. */
import type { APIGatewayClientConfig } from "@aws-sdk/client-api-gateway";
import { isNotFound } from "./call-failure";
import type { Connection } from "./connection";
import { Pace } from "./pace";
import { connectRest } from "./rest-stages";
import {
  type AccessLogSettings,
  API_TYPES,
  type ApiType,
  type BareStage,
  type Stage,
  type StageId,
  type StageSource,
} from "./stage";
import { connectV2 } from "./v2-stages";

export interface ApiGatewayOptions {
  /** Default: what the AWS SDK finds. */
  readonly region?: string;
  /** Default: what the AWS SDK finds. */
  readonly credentials?: APIGatewayClientConfig["credentials"];
  /** Default: a pace of its own. */
  readonly pace?: Pace;
}

export interface ApiGateway {
  /**
   * All stages of all APIs of these types, as they are found; an API that is deleted meanwhile has none. One call for
   * a page of APIs and one for the stages of each.
   *
   * @param types default: all
   */
  stages(types?: readonly ApiType[]): AsyncIterable<Stage>;
  /** `undefined` if there is no such API or stage. One call. */
  stage(id: StageId): Promise<BareStage | undefined>;
  /** Gives a stage its access logging, at once and without a deployment. One call. */
  setAccessLog(id: StageId, settings: AccessLogSettings): Promise<void>;
  /** One call. */
  removeAccessLog(id: StageId): Promise<void>;
}

/** Every call keeps the pace, and throws the SDK's error when {@link Pace} has given up. */
export function createApiGateway({ region, credentials, pace = new Pace() }: ApiGatewayOptions = {}): ApiGateway {
  const connection: Connection = { region, credentials, pace };
  let rest: Promise<StageSource> | undefined;
  let v2: Promise<StageSource> | undefined;
  const sourceOf = (type: ApiType): Promise<StageSource> =>
    type === "REST" ? (rest ??= connectRest(connection)) : (v2 ??= connectV2(connection));
  return {
    async *stages(types = API_TYPES) {
      for (const source of new Set(types.map(sourceOf))) {
        for await (const stage of (await source).stages()) {
          if (types.includes(stage.type)) {
            yield stage;
          }
        }
      }
    },
    async stage(id) {
      const source = await sourceOf(id.type);
      return source.stage(id).catch((error: unknown) => {
        if (isNotFound(error)) {
          return undefined;
        }
        throw error;
      });
    },
    setAccessLog: async (id, settings) => (await sourceOf(id.type)).setAccessLog(id, settings),
    removeAccessLog: async (id) => (await sourceOf(id.type)).removeAccessLog(id),
  };
}
