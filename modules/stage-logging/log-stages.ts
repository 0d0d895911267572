/** Sets the access logging of the stages that an app declares, each by the type of its API. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import {
  Annotations,
  dependable,
  type IAspect,
  type IConstruct,
  type TerraformResource,
  TerraformStack,
  Token,
} from "../cdk";
import type { IMoesifPipeline } from "../pipeline/imported-pipeline";
import type { ApiGatewayLogRole } from "./api-gateway-log-role";
import {
  type DeclaredStage,
  declaredStage,
  hasBlock,
  isSelected,
  stagesIn,
  type StageSelector,
} from "./declared-stage";
import { effectiveProvider, isElsewhere, locationOf, locationText, pipelineLocation } from "./location";
import type { StageLogGroup } from "./stage-log-group";
import { accessLogSettings } from "./access-log-settings";

/** Options of `logStages`. */
export interface LogStagesOptions {
  /**
   * Selects stages to log.
   *
   * @default every stage in the scope
   */
  readonly include?: readonly StageSelector[];
  /**
   * Selects stages not to log, even if `include` selects them.
   *
   * @default none
   */
  readonly exclude?: readonly StageSelector[];
  /**
   * Whether to replace access log settings that a stage has already, from its code or an earlier call.
   *
   * @default false
   */
  readonly overwrite?: boolean;
  /**
   * Access-log formats by the type of the API. A format that is a token is passed unchecked.
   *
   * @default `restAccessLogFormat()`, `httpAccessLogFormat()` and `websocketAccessLogFormat()`
   */
  readonly formats?: { readonly [type in ApiType]?: string };
  /**
   * Returns the type of a stage's API. It is called if the API is not in the app.
   *
   * @default such stages are not logged
   */
  readonly apiType?: (stage: DeclaredStage) => ApiType | undefined;
  /**
   * The log group of HTTP and WebSocket stages. If it has a subscription, as a `StageLogGroup` does, stages depend on it:
   * what they log earlier does not reach the stream.
   *
   * @default `pipeline.stageLogGroup()`, created if there is such a stage
   */
  readonly logGroup?: Pick<StageLogGroup, "arn"> & { readonly subscription?: TerraformResource };
  /**
   * The CloudWatch role of the account and region, if this app creates it: WebSocket stages then depend on it.
   *
   * @default none
   */
  readonly logRole?: Pick<ApiGatewayLogRole, "account">;
}

/** What was done with a stage, and why. */
export interface StageOutcome {
  /** Path of its construct. */
  readonly path: string;
  /** Absent if it is unknown. */
  readonly type?: ApiType;
  /** `logged`: its access logging was set; `skipped`: it cannot be set, or is set already; `excluded`: not selected. */
  readonly result: "logged" | "skipped" | "excluded";
  /** Why the stage was skipped. */
  readonly reason: string;
}

/**
 * Has the stages in a scope log to a pipeline: REST stages to its stream, HTTP and WebSocket stages to its log group. Of
 * several pipelines, each stage gets that of its account, region and provider.
 *
 * Call it after every stage is defined, and before `app.synth()`. A stage in another stack than the pipeline's gets a
 * reference to the state of the pipeline's stack.
 *
 * A stage is skipped if its code sets its access logging, if no pipeline is in its account and region, or if the type
 * of its API is unknown.
 *
 * @param scope an app, a stack, or any construct
 * @returns what was done with each stage, and why
 * @throws InvalidValueError if a format is one that API Gateway or Moesif refuses, or an HTTP or WebSocket stage is to log
 *   and the pipeline's transformer is disabled
 * @example
 * console.table(logStages(app, [pipelineUs, pipelineEu], { exclude: [{ tags: { internal: "true" } }] }));
 */
export function logStages(
  scope: IConstruct,
  pipelines: IMoesifPipeline | readonly IMoesifPipeline[],
  options: LogStagesOptions = {},
): StageOutcome[] {
  const candidates = [pipelines].flat();
  return stagesIn(scope).map((stage) => {
    const { outcome, pipeline } = decide(stage, candidates, options);
    if (pipeline) apply(outcome, stage, pipeline, options);
    return outcome;
  });
}

/**
 * Does what `logStages` does, for stages in the pipeline's stack, including those that are defined after it was attached.
 * It warns of stages that it skips.
 *
 * CDKTF calls aspects after it has resolved the references between stacks: of a stage in another stack, synthesis fails
 * with an error that says so. It also fails if the aspect is never called: CDKTF calls none that is attached to an app.
 * `logStages` supports both.
 *
 * @example
 * Aspects.of(stack).add(new LogStagesAspect(pipeline));
 */
export class LogStagesAspect implements IAspect {
  readonly #stack: TerraformStack;
  #called = false;

  constructor(
    private readonly pipeline: IMoesifPipeline,
    private readonly options: LogStagesOptions = {},
  ) {
    this.#stack = TerraformStack.of(pipeline);
    // CDKTF validates a stack after its aspects.
    pipeline.node.addValidation({
      validate: () =>
        this.#called
          ? []
          : [
              "LogStagesAspect was never called: attach it to the pipeline's stack or to a construct in it (CDKTF calls no " +
                "aspect of an app), or call logStages(app, pipeline) before app.synth()",
            ],
    });
  }

  /** Called by CDKTF for each construct. */
  visit(node: IConstruct): void {
    // The literal ARNs of an imported pipeline need no reference.
    const isReachable = TerraformStack.of(node) === this.#stack || !Token.isUnresolved(this.pipeline.stream.arn);
    this.#called ||= isReachable;
    const stage = declaredStage(node);
    if (stage === undefined) return;
    const { outcome } = decide(stage, [this.pipeline], this.options);
    if (outcome.result === "skipped" && !setHere.has(node)) {
      Annotations.of(node).addWarning(`its access log does not go to Moesif: ${outcome.reason}`);
    } else if (outcome.result === "logged" && !isReachable) {
      Annotations.of(node).addError(
        `LogStagesAspect cannot set its access logging: the pipeline is in the stack ${this.#stack.node.path}, and CDKTF ` +
          "resolves references between stacks before aspects; call logStages(app, pipeline) before app.synth()",
      );
    } else {
      apply(outcome, stage, this.pipeline, this.options);
    }
  }
}

interface Decision {
  readonly outcome: StageOutcome;
  /** The pipeline of a stage that is to log. */
  readonly pipeline?: IMoesifPipeline;
}

/** What to do with a stage; changes nothing. */
function decide(stage: DeclaredStage, pipelines: readonly IMoesifPipeline[], options: LogStagesOptions): Decision {
  const { path } = stage;
  const type = stage.type ?? options.apiType?.(stage);
  const excluded = exclusionReason(stage, options);
  if (excluded !== undefined) return { outcome: { path, type, result: "excluded", reason: excluded } };
  const skip = (reason: string): Decision => ({ outcome: { path, type, result: "skipped", reason } });
  const reason = skipReason(stage, options);
  if (reason !== undefined) return skip(reason);
  const pipeline = pipelineFor(stage, pipelines);
  if (typeof pipeline === "string") return skip(pipeline);
  if (type === undefined) return skip(UNKNOWN_TYPE);
  return { outcome: { path, type, result: "logged", reason: destinationText(type, options) }, pipeline };
}

const UNKNOWN_TYPE =
  "its API is not in this app, so it is unknown whether it is an HTTP or a WebSocket API: set the option apiType";

function exclusionReason(stage: DeclaredStage, { include, exclude = [] }: LogStagesOptions): string | undefined {
  if (include !== undefined && !isSelected(stage, include)) return "not matched by include";
  return isSelected(stage, exclude) ? "excluded by exclude" : undefined;
}

/** The stages whose access logging was set here, with the path of the pipeline. */
const setHere = new WeakMap<IConstruct, string>();

function skipReason(
  { construct }: DeclaredStage,
  { overwrite = false }: Pick<LogStagesOptions, "overwrite">,
): string | undefined {
  const { ignoreChanges } = construct.lifecycle ?? {};
  if (
    ignoreChanges === "all" ||
    ignoreChanges?.some((argument) => String(argument).startsWith("access_log_settings"))
  ) {
    return "its lifecycle ignores changes of access_log_settings: remove that from ignore_changes";
  }
  if (overwrite || !hasBlock(construct, "access_log_settings")) return undefined;
  const pipeline = setHere.get(construct);
  return pipeline === undefined
    ? "its code sets access_log_settings: remove them, or set overwrite to true"
    : `an earlier call has it log to the pipeline ${pipeline} already`;
}

/** The pipeline in the stage's account and region, or the reason why there is none. */
function pipelineFor({ construct }: DeclaredStage, pipelines: readonly IMoesifPipeline[]): IMoesifPipeline | string {
  const stage = locationOf(construct);
  const inReach = pipelines.filter((pipeline) => !isElsewhere(stage, pipelineLocation(pipeline)));
  const [pipeline, ...others] = inReach;
  if (pipeline === undefined) {
    const locations = pipelines.map((one) => locationText(pipelineLocation(one))).join(" and ");
    return (
      `it is in ${locationText(stage)}, and the ${pipelines.length > 1 ? "pipelines are" : "pipeline is"} in ` +
      `${locations}: API Gateway logs within its account and region, so create a pipeline there`
    );
  }
  if (others.length === 0) return pipeline;
  const provider = effectiveProvider(construct, construct.provider);
  const same = inReach.filter((one) => effectiveProvider(one, one.provider) === provider);
  if (same.length === 1) return same[0]!;
  return (
    `it may belong to each of the pipelines ${inReach.map(({ node }) => node.path).join(", ")}: give their providers ` +
    "region and allowed_account_ids as literals, or call logStages for each scope with its pipeline"
  );
}

function destinationText(type: ApiType, { logRole }: LogStagesOptions): string {
  if (type === "REST") return "to the delivery stream";
  const text = "to the log group, which forwards events to the stream";
  return type === "HTTP" || logRole !== undefined
    ? text
    : `${text}; API Gateway refuses it until the account has a CloudWatch role in the region: see ApiGatewayLogRole`;
}

/** Sets the access logging of a stage that is to log. */
function apply(
  { type, result }: StageOutcome,
  { construct }: DeclaredStage,
  pipeline: IMoesifPipeline,
  options: LogStagesOptions,
): void {
  if (type === undefined || result !== "logged") return;
  setHere.set(construct, pipeline.node.path);
  const logGroup = type === "REST" ? undefined : (options.logGroup ?? pipeline.stageLogGroup());
  const destination = logGroup ?? pipeline.stream;
  const { destinationArn, format } = accessLogSettings("logStages", type, destination, options.formats?.[type]);
  // An override, since the property has another class in each copy of the bindings.
  construct.addOverride("access_log_settings", { destination_arn: destinationArn, format });
  if (logGroup?.subscription !== undefined) addDependency(construct, logGroup.subscription);
  if (type === "WEBSOCKET" && options.logRole !== undefined) addDependency(construct, options.logRole.account);
}

/** Terraform knows no dependencies between stacks; CDKTF does. */
function addDependency(stage: TerraformResource, resource: TerraformResource): void {
  const [stack, other] = [TerraformStack.of(stage), TerraformStack.of(resource)];
  if (stack === other) stage.dependsOn = [...(stage.dependsOn ?? []), dependable(resource)];
  else stack.addDependency(other);
}
