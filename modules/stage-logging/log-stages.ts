/** Gives the stages of an app their access logging, each by the type of its API. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { dependable, type IConstruct, type TerraformResource, TerraformStack } from "../cdk";
import type { MoesifPipeline } from "../pipeline/moesif-pipeline";
import type { ApiGatewayLogRole } from "./api-gateway-log-role";
import type { StageLogGroup } from "./stage-log-group";
import { elsewhere } from "./stage-place";
import { isMeant, type StageSelector } from "./stage-selection";
import {
  httpAccessLogSettings,
  restAccessLogSettings,
  type StageAccessLogSettings,
  websocketAccessLogSettings,
} from "./stage-settings";
import { hasBlock } from "./written-arguments";
import { stagesIn, type WrittenStage } from "./written-stage";

export interface LogStagesOptions {
  /**
   * Stages that are meant.
   *
   * @default every stage in the scope
   */
  readonly include?: readonly StageSelector[];
  /**
   * Stages that are not meant, even if `include` means them.
   *
   * @default none
   */
  readonly exclude?: readonly StageSelector[];
  /**
   * Whether stages are taken over whose code says already where they log.
   *
   * @default false
   */
  readonly overwrite?: boolean;
  /**
   * Access-log formats by the type of the API.
   *
   * @default `restAccessLogFormat()`, `httpAccessLogFormat()` and `websocketAccessLogFormat()`
   */
  readonly formats?: { readonly [type in ApiType]?: string };
  /**
   * Whether a stage is of an HTTP or of a WebSocket API, asked where its API is not in the app.
   *
   * @default such stages are left alone
   */
  readonly apiType?: (stage: WrittenStage) => ApiType | undefined;
  /**
   * The log group of HTTP and WebSocket stages. Where it brings its subscription, as a `StageLogGroup` does, stages wait
   * for that: what they log before it is there would not come to the stream.
   *
   * @default `pipeline.stageLogGroup()`, made if there is such a stage
   */
  readonly logGroup?: Pick<StageLogGroup, "arn"> & Partial<Pick<StageLogGroup, "subscription">>;
  /**
   * The CloudWatch role of the account and region, where this app makes it: WebSocket stages then wait for it.
   *
   * @default none
   */
  readonly logRole?: Pick<ApiGatewayLogRole, "account">;
}

/** What was done with a stage, and why. */
export interface StageOutcome {
  /** Path of its construct. */
  readonly path: string;
  /** Absent where nobody knows it. */
  readonly type?: ApiType;
  /**
   * `logged`: it was given its access logging; `left-alone`: it could not be, or logs already; `excluded`: it was not
   * meant.
   */
  readonly result: "logged" | "left-alone" | "excluded";
  readonly reason: string;
}

/**
 * Has the stages in a scope log to a pipeline: REST stages to its stream, HTTP and WebSocket stages to its log group.
 * Call it when every stage is there, and before `app.synth()`; a stage in another stack than the pipeline's then gets a
 * reference that Terraform resolves by the state of the pipeline's stack.
 *
 * A stage is left alone if its code says already where it logs, if it is in another account or region than the pipeline,
 * or if nobody knows the type of its API.
 *
 * @param scope an app, a stack, or any construct
 * @returns what was done with each stage, and why
 * @throws InvalidValueError if a format is one that API Gateway or Moesif refuses, or the pipeline's transformer is
 *   bypassed and an HTTP or WebSocket stage is to log
 * @example
 * console.table(logStages(app, pipeline, { exclude: [{ tags: { internal: "true" } }] }));
 */
export function logStages(scope: IConstruct, pipeline: MoesifPipeline, options: LogStagesOptions = {}): StageOutcome[] {
  return stagesIn(scope).map((stage) => {
    const outcome = outcomeFor(stage, pipeline, options);
    carryOut(outcome, stage, pipeline, options);
    return outcome;
  });
}

/** What is to be done with a stage; nothing is done yet. */
export function outcomeFor(stage: WrittenStage, pipeline: MoesifPipeline, options: LogStagesOptions): StageOutcome {
  const { path } = stage;
  const type = stage.type ?? options.apiType?.(stage);
  const unmeant = whyUnmeant(stage, options);
  if (unmeant !== undefined) return { path, type, result: "excluded", reason: unmeant };
  const obstacle = obstacleTo(stage, pipeline, options);
  if (obstacle !== undefined) return { path, type, result: "left-alone", reason: obstacle };
  if (type === undefined) return { path, result: "left-alone", reason: UNKNOWN_TYPE };
  return { path, type, result: "logged", reason: reasonOf(type, options) };
}

/** Gives a stage that is to log its settings. */
export function carryOut(
  { type, result }: StageOutcome,
  stage: WrittenStage,
  pipeline: MoesifPipeline,
  options: LogStagesOptions,
): void {
  if (type === undefined || result !== "logged") return;
  const format = options.formats?.[type];
  if (type === "REST") return set(stage, restAccessLogSettings(pipeline.stream, format));
  const logGroup = options.logGroup ?? pipeline.stageLogGroup();
  set(stage, (type === "HTTP" ? httpAccessLogSettings : websocketAccessLogSettings)(logGroup, format));
  if (logGroup.subscription !== undefined) waitFor(logGroup.subscription, stage);
  if (type === "WEBSOCKET" && options.logRole !== undefined) waitFor(options.logRole.account, stage);
}

/** By an override, since the property has another class in each copy of the bindings. */
function set({ construct }: WrittenStage, { destinationArn, format }: StageAccessLogSettings): void {
  construct.addOverride("access_log_settings", { destination_arn: destinationArn, format });
}

const UNKNOWN_TYPE =
  "its API is not in this app, so that nobody knows whether it is an HTTP or a WebSocket API: say it by the option apiType";

function whyUnmeant(stage: WrittenStage, { include, exclude = [] }: LogStagesOptions): string | undefined {
  if (include !== undefined && !isMeant(stage, include)) return "nothing in include means it";
  return isMeant(stage, exclude) ? "exclude means it" : undefined;
}

function obstacleTo(stage: WrittenStage, pipeline: MoesifPipeline, { overwrite = false }: LogStagesOptions) {
  const { ignoreChanges } = stage.construct.lifecycle ?? {};
  if (
    ignoreChanges === "all" ||
    ignoreChanges?.some((argument) => String(argument).startsWith("access_log_settings"))
  ) {
    return "its lifecycle ignores changes of access_log_settings: take that out";
  }
  if (!overwrite && hasBlock(stage.construct, "access_log_settings")) {
    return "its code says already where it logs: take its access_log_settings out, or set overwrite to true";
  }
  return elsewhere(stage.construct, pipeline);
}

function reasonOf(type: ApiType, { logRole }: LogStagesOptions): string {
  if (type === "REST") return "to the delivery stream";
  const road = "to the log group, whose events go on the stream";
  return type === "HTTP" || logRole !== undefined
    ? road
    : `${road}; API Gateway refuses it until the account has a CloudWatch role in the region: see ApiGatewayLogRole`;
}

/** Terraform knows no order between stacks; there CDKTF does. */
function waitFor(resource: TerraformResource, { construct }: WrittenStage): void {
  const [stack, other] = [TerraformStack.of(construct), TerraformStack.of(resource)];
  if (stack === other) construct.dependsOn = [...(construct.dependsOn ?? []), dependable(resource)];
  else stack.addDependency(other);
}
