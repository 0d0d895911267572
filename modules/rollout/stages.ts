/** What a rollout file says of stages: which are to log, where to, and in which format. */
import { type AccessLogSettings, API_TYPES, type ApiType } from "../../lambda/api-gateway/stage";
import type { Enrollment, ListedStage, StageMatch } from "../../lambda/stage-enrollment/contract";
import { streamName } from "../pipeline/names";
import { stageLogGroupName } from "../stage-logging/stage-log-group";
import { accessLogFormats } from "./access-log-formats";
import { readRollout } from "./read-rollout";
import { typesOfStages } from "./target-issues";
import { type RolloutTarget, rolloutTargets } from "./targets";

/** The stages of one account and region. */
export interface RolloutStages {
  /** Name of the stack. */
  readonly stackName: string;
  /** AWS account id. */
  readonly accountId: string;
  /** Name of the account. */
  readonly accountName: string;
  /** Name of the region. */
  readonly region: string;
  /** Partition, such as `aws`. */
  readonly partition: string;
  /** ARN of the role that Terraform assumes; without one, the caller's own credentials serve. */
  readonly deployRole?: string;
  /** Where a stage of each type logs to, and how; a type that nothing can log has none. */
  readonly destinations: { readonly [type in ApiType]?: AccessLogSettings };
  /** The stages that the file lists or matches. */
  readonly enrollment: Enrollment;
}

/**
 * The stages of each target of a rollout file, in the order of the file.
 *
 * @param file path of the rollout file
 * @param onWarning takes each warning of the file, as it is printed
 * @throws RolloutError with every mistake of the file
 */
export function rolloutStages(file: string, onWarning?: (warning: string) => void): RolloutStages[] {
  return rolloutTargets(readRollout(file, onWarning)).map(stagesOf);
}

function stagesOf(target: RolloutTarget): RolloutStages {
  const { stackName, account, region, partition, settings } = target;
  const destinations = destinationsOf(target, {
    stream: `arn:${partition}:firehose:${region}:${account.id}:deliverystream/${streamName(settings.name)}`,
    logGroup: `arn:${partition}:logs:${region}:${account.id}:log-group:${stageLogGroupName(settings.name)}`,
  });
  return {
    stackName,
    accountId: account.id,
    accountName: account.name,
    region,
    partition,
    ...(account.deployRole !== undefined && { deployRole: account.deployRole }),
    destinations,
    enrollment: enrollmentOf(target, destinations),
  };
}

/** What the stages of a target are set to, by the ARNs of stream and log group. */
export function destinationsOf(
  target: RolloutTarget,
  arns: { readonly stream: string; readonly logGroup?: string },
): RolloutStages["destinations"] {
  const formats = accessLogFormats(target.settings.accessLog);
  const destinations: { [type in ApiType]?: AccessLogSettings } = {};
  for (const type of loggedTypes(target)) {
    const destinationArn = type === "REST" ? arns.stream : arns.logGroup;
    if (destinationArn !== undefined) destinations[type] = { destinationArn, format: formats[type] };
  }
  return destinations;
}

/** Whether a target has a log group: where it is said so, or else where a stage may need it. */
export function hasLogGroup(target: RolloutTarget): boolean {
  return loggedTypes(target).length > 1;
}

/** The types of which stages can log: REST always, the others where there is a log group for them. */
function loggedTypes({ apis, settings }: RolloutTarget): readonly ApiType[] {
  const listed = apis.flatMap(({ type, stages }) => (stages.length > 0 ? [type] : []));
  const wanted = typesOfStages(listed, settings.enrollment?.match ?? []);
  const enabled = settings.stageLogs?.enabled;
  return API_TYPES.filter((type) => type === "REST" || (enabled ?? wanted.has(type)));
}

/** Which stages of a target are set by the enrollment function. */
export function enrollmentOf(target: RolloutTarget, destinations: RolloutStages["destinations"]): Enrollment {
  const stages: ListedStage[] = target.apis.flatMap(({ id, type, stages: entries }) =>
    entries.map(({ name, overwrite }) => ({ type, apiId: id, stage: name, ...(overwrite && { overwrite }) })),
  );
  const match: readonly StageMatch[] = target.settings.enrollment?.match ?? [];
  return { destinations, ...(stages.length > 0 && { stages }), ...(match.length > 0 && { match }) };
}
