/** The transformer's settings of a target, without a stack: for commands that show what it would do. */
import type { TransformerSettings } from "../../lambda/transformer/settings";
import { type MoesifPipelineProps, settingsOf } from "../pipeline/moesif-pipeline";
import { readRollout } from "./read-rollout";
import { redactionOf } from "../settings/redaction";
import { type RolloutTarget, rolloutTargets, type TargetApi } from "./targets";

/** The properties of a target's pipeline of which its settings document is made. */
export function documentProps({ account, settings, apis }: RolloutTarget): Omit<MoesifPipelineProps, "applicationId"> {
  return {
    baseUrl: settings.baseUrl,
    output: settings.output,
    environment: account.environment,
    metadata: settings.metadata ?? {},
    eventTags: settings.eventTags,
    apis: Object.fromEntries(apis.map(({ id, ...api }) => [id, apiOf(api)])),
    enrichment: settings.enrichment,
    identity: settings.identity,
    redaction: redactionOf(settings.redaction),
    filter: settings.filter,
    sampling: settings.sampling,
    transformer: settings.transformer,
  };
}

/** What is known of an API, without an empty list: an API without tags is as one of which nothing is said. */
function apiOf({ tags, type: _type, stages: _stages, ...api }: Omit<TargetApi, "id">) {
  return { ...api, ...(tags.length > 0 && { tags }) };
}

/** The settings document of a target. */
export function targetSettings(target: RolloutTarget): TransformerSettings {
  const document = settingsOf(documentProps(target), { accountId: target.account.id, region: target.region });
  // As the document is written: without undefined values. A target holds literals only.
  return JSON.parse(JSON.stringify(document)) as TransformerSettings;
}

/**
 * The settings document of each target of a rollout file, by the name of its stack, in the order of the file.
 *
 * @param file path of the rollout file
 * @param onWarning takes each warning of the file, as it is printed
 * @throws RolloutError with every mistake of the file
 */
export function rolloutSettings(file: string, onWarning?: (warning: string) => void): Map<string, TransformerSettings> {
  const targets = rolloutTargets(readRollout(file, onWarning));
  return new Map(targets.map((target) => [target.stackName, targetSettings(target)]));
}

/**
 * The stacks of a rollout file of which the records bypass the transformer.
 *
 * @param file path of the rollout file
 * @throws RolloutError with every mistake of the file
 */
export function bypassingStacks(file: string): Set<string> {
  const bypassing = rolloutTargets(readRollout(file)).filter(({ settings }) => settings.transformer?.enabled === false);
  return new Set(bypassing.map(({ stackName }) => stackName));
}
