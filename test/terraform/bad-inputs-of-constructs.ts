/** The bad inputs of the modules, given to the constructs. */
import {
  ApiGatewayLogRole,
  ApplicationId,
  httpAccessLogFormat,
  identityFrom,
  InvalidValueError,
  MoesifPipeline,
  Monitoring,
  restAccessLogFormat,
  RolloutDashboard,
  StageEnrollment,
  StageLogGroup,
  websocketAccessLogFormat,
} from "../../modules";
import { App, TerraformStack } from "../../modules/cdk";
import { formatPath, type Issue } from "../../modules/settings/issue";
import type { BadInput } from "./bad-inputs";
import { hclValue } from "./hcl-values";
import { OWN_KEYS } from "./module-inputs";

type Json = any;

/** Each builds with what a module's variables say. */
const BUILDERS: Readonly<Record<string, (stack: TerraformStack, variables: Json) => readonly (() => unknown)[]>> = {
  ".": (stack, { access_log: accessLog, ...variables }) => [
    () => new MoesifPipeline(stack, "pipeline", { ...ENVIRONMENT, ...asProps(variables) }),
    () => restAccessLogFormat(formatProps(accessLog)),
  ],
  "modules/application-id": (stack, { secret, value, tags }) => {
    const { kms_key_arn: kmsKey, ...createSecret } = secret;
    const props: Json = { createSecret: { ...asProps(createSecret), value }, kmsKey, tags };
    return [() => new ApplicationId(stack, "application_id", props)];
  },
  "modules/api-gateway-log-role": (stack, { iam, tags }) => [
    () => new ApiGatewayLogRole(stack, "log_role", { ...asProps(iam ?? {}), tags }),
  ],
  "modules/stage-logs": (stack, { pipeline, log_group: logGroup, iam, tags, ...formats }) => [
    () => {
      const { streamArn, transformerEnabled, ...added } = pipelineProps(pipeline);
      const props = { ...added, transformerEnabled, ...asProps(logGroup ?? {}), stream: { arn: streamArn } };
      return new StageLogGroup(stack, "stage_logs", {
        ...props,
        iam: { ...added.iam, ...asProps(iam ?? {}) },
        tags: { ...added.tags, ...tags },
      });
    },
    () => httpAccessLogFormat(formatProps(formats.http_access_log)),
    () => websocketAccessLogFormat(formatProps(formats.websocket_access_log)),
  ],
  "modules/stage-enrollment": (stack, { pipeline, destinations, ...variables }) => {
    const byType = Object.entries<Json>(destinations).map(([type, one]) => [type.toUpperCase(), one && asProps(one)]);
    const props = { ...asProps(variables), destinations: Object.fromEntries(byType) };
    return [() => new StageEnrollment(stack, "enrollment", { ...props, pipeline: pipelineProps(pipeline) })];
  },
  "modules/monitoring": (stack, { pipeline, ...variables }) => [
    () => new Monitoring(stack, "monitoring", { ...asProps(variables), pipeline: monitoredProps(pipeline) }),
  ],
  "modules/rollout-dashboard": (stack, { pipelines, name }) => {
    const props = Object.entries<Json>(pipelines).map(([label, { name, account_id: accountId, region }]) => {
      return [label, { name, environment: { accountId, region, partition: "aws" } }];
    });
    return [() => new RolloutDashboard(stack, "dashboard", { name, pipelines: Object.fromEntries(props) })];
  },
};

const ENVIRONMENT = { accountId: "111122223333", region: "eu-west-1", partition: "aws" };

/** What the constructs refuse of an input, one sentence for each problem. */
export function constructProblems({ folder, variables, moduleOnly }: BadInput): string[] {
  const stack = new TerraformStack(new App(), "test");
  const values = Object.entries(variables).map(([name, text]) => [name, hclValue(text.replace(/^\s*\w+\s*=/, ""))]);
  return BUILDERS[folder]!(stack, Object.fromEntries(values)).flatMap((build) => {
    try {
      build();
      return [];
    } catch (error) {
      // What their types do not allow fails somewhere.
      if (error instanceof TypeError && moduleOnly !== undefined) return [];
      return error instanceof InvalidValueError ? error.issues.map(sentence) : [`${error}`];
    }
  });
}

/** An issue as the table tells it: the property, what is wrong, and what to do. */
function sentence({ path, message, fix }: Issue): string {
  const property = path.length > 0 ? `${formatPath(path)}: ` : "";
  return `${property}${message}${fix === undefined ? "" : `; ${fix}`}`;
}

/** Variables of which the constructs take a key by its alias too. */
const KEYS_BY_ALIAS = new Set(["application_id", "hash_key", "backup"]);

function asProps(value: Json, within?: string): Json {
  if (Array.isArray(value)) return value.map((one) => asProps(one));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name === "kms_key_arn" && KEYS_BY_ALIAS.has(within!) ? "kmsKey" : camelCase(name),
      OWN_KEYS.has(name) ? one : asProps(one, name),
    ]),
  );
}

const camelCase = (name: string) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

function pipelineProps({
  account_id,
  region,
  partition,
  bucket_name,
  bucket_arn,
  bucket_kms_key_arn,
  ...pipeline
}: Json) {
  return {
    ...asProps(pipeline),
    environment: { accountId: account_id, region, partition },
    bucket: { name: bucket_name, arn: bucket_arn, kmsKeyArn: bucket_kms_key_arn ?? undefined, safeguards: [] },
  };
}

function monitoredProps(pipeline: Json) {
  return {
    name: pipeline.name,
    tags: pipeline.tags,
    environment: { accountId: pipeline.account_id, region: pipeline.region, partition: pipeline.partition },
    stream: { name: pipeline.stream_name, arn: pipeline.stream_arn },
    transformer: {
      name: pipeline.function_name,
      timeoutSeconds: pipeline.function_timeout_seconds,
      memoryMb: pipeline.function_memory_mb,
      isInvoked: pipeline.transformer_enabled,
      readsApplicationId: pipeline.reads_sampling_rules,
    },
    errorLog: { groupName: pipeline.delivery_log_group_name },
  };
}

function formatProps({ user, company, path, request = {} }: Json = {}): Json {
  const source = (one: Json) => one && (identityFrom as Json)[one.from](one.name);
  const { query, forwarded_for: forwardedFor, content_type: contentType } = request;
  const property = (name?: string) => (name === undefined ? undefined : identityFrom.authorizerProperty(name));
  return {
    user: source(user),
    company: source(company),
    path,
    request: { query: property(query), forwardedFor: property(forwardedFor), contentType: property(contentType) },
  };
}
