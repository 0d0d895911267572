/** The logging of a target's stages: where they log, and what sets those that the rollout lists or matches. */
import type { Construct } from "../cdk";
import type { MoesifPipeline } from "../pipeline/moesif-pipeline";
import { StageEnrollment } from "../stage-enrollment/stage-enrollment";
import { ApiGatewayLogRole } from "../stage-logging/api-gateway-log-role";
import type { StageLogGroup } from "../stage-logging/stage-log-group";
import { destinationsOf, enrollmentOf, hasLogGroup, type RolloutStages } from "./stages";
import type { RolloutTarget } from "./targets";

export interface TargetStages {
  /** Where stages log, and how, by the type of their API. */
  readonly destinations: RolloutStages["destinations"];
  /** The log group of HTTP and WebSocket stages, where the target has one. */
  readonly logGroup?: StageLogGroup;
  /** What sets the stages that the rollout lists or matches; where there are none, nothing does. */
  readonly enrollment?: StageEnrollment;
}

/** @param scope the stack of the target */
export function logTargetStages(scope: Construct, pipeline: MoesifPipeline, target: RolloutTarget): TargetStages {
  const { settings } = target;
  const logGroup = hasLogGroup(target) ? pipeline.stageLogGroup() : undefined;
  const logRole = settings.stageLogs?.accountRole ? apiGatewayLogRole(scope, target) : undefined;
  const destinations = destinationsOf(target, { stream: pipeline.stream.arn, logGroup: logGroup?.arn });
  const { stages, match } = enrollmentOf(target, destinations);
  if (!stages && !match) return { destinations, logGroup };
  const { schedule, callsPerSecond, logRetentionDays } = settings.enrollment ?? {};
  const enrollment = new StageEnrollment(scope, "stage_enrollment", {
    pipeline,
    destinations,
    stages,
    match,
    schedule,
    callsPerSecond,
    logRetentionDays,
    runtime: settings.transformer?.runtime,
    architecture: settings.transformer?.architecture,
    // What is logged before the subscription is there would not come to the stream.
    dependsOn: [...(logGroup ? [logGroup.subscription] : []), ...(logRole ? [logRole.account] : [])],
  });
  return { destinations, logGroup, enrollment };
}

function apiGatewayLogRole(scope: Construct, { partition, settings: { iam } }: RolloutTarget): ApiGatewayLogRole {
  const { path, permissionsBoundary, namePrefix } = iam ?? {};
  return new ApiGatewayLogRole(scope, "api_gateway_log_role", { partition, path, permissionsBoundary, namePrefix });
}
