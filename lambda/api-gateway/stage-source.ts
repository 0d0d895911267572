/** What both versions of API Gateway can do with stages. */
import type { AccessLogSettings, BareStage, Stage, StageId } from "./stage";

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
