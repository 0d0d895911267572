/** The same inputs, as props of the constructs and as variables of the modules. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  ApiGatewayLogRole,
  ApplicationId,
  type EnrollmentPipeline,
  httpAccessLogFormat,
  httpAccessLogSettings,
  type IamProps,
  identityFrom,
  MoesifPipeline,
  type MoesifPipelineProps,
  type MonitoredPipeline,
  Monitoring,
  type MonitoringProps,
  restAccessLogFormat,
  type RestAccessLogFormatProps,
  restAccessLogSettings,
  RolloutDashboard,
  type StageAccessLogSettings,
  StageEnrollment,
  type StageEnrollmentProps,
  StageLogGroup,
  type StageLogGroupProps,
  type StageLogs,
  websocketAccessLogFormat,
  websocketAccessLogSettings,
} from "../../modules";
import { TerraformOutput, type TerraformStack } from "../../modules/cdk";
import { ROOT } from "../support/rollout";
import { synthesize, variable } from "../support/synth";
import { moduleOutputs } from "./module-inputs";
import { MOCKED, type ModuleCall } from "./planned-model";

/** What a case plans by constructs, and by a module. */
export interface ParityCase {
  readonly constructs: ModuleCall;
  readonly module: ModuleCall;
}

const secret = (name: string) => `arn:aws:secretsmanager:${MOCKED.region}:${MOCKED.accountId}:secret:${name}-a1B2c3`;
const key = (name: string) => `arn:aws:kms:${MOCKED.region}:${MOCKED.accountId}:key/${name}`;

const MINIMAL: MoesifPipelineProps = { applicationId: { secretArn: secret("moesif") } };

const COMPLETE: MoesifPipelineProps = {
  ...MINIMAL,
  name: "Orders_1",
  environment: "production",
  baseUrl: "https://proxy.example.com/moesif/",
  metadata: { cell: 3, teamName: { lead: "checkout" } },
  eventTags: ["public"],
  apis: { a1b2c3d4e5: { name: "orders", version: "v2", tags: ["checkout"], metadata: { ownTeam: "x" } }, z9y8x7: {} },
  identity: {
    user: ["principalId", { template: "{stage}:{caller}", lowerCase: true }],
    company: [{ from: "apiKeyId", extract: "^[a-z]+", map: { k1a2B3: "acme" } }],
  },
  redaction: {
    allow: ["sessionToken", "card-number"],
    fields: { remove: ["userArn"] },
    mask: [{ pattern: "[0-9]{16}", fields: ["resourcePath"], replacement: "[card]" }],
    ip: "truncate",
    path: { emails: "keep", segmentsAfter: ["users"], queryParameters: ["token"] },
    hash: ["user"],
  },
  hashKey: { secretArn: secret("hash") },
  filter: [{ drop: { resourcePath: { pattern: "^/health" }, stage: "test" } }, { keep: { status: ["500"] } }],
  sampling: { rate: 25, by: "user", keepErrors: "server", companyLimit: 9, refreshSeconds: 90, timeoutSeconds: 5 },
  delivery: {
    bufferIntervalSeconds: 30,
    bufferSizeMb: 4,
    retrySeconds: 60,
    commonAttributes: { ownCell: "3" },
    logRetentionDays: 7,
  },
  transformer: {
    memoryMb: 512,
    timeoutSeconds: 90,
    reservedConcurrency: 5,
    architecture: "x86_64",
    logRetentionDays: 1,
    bufferSizeMb: 2,
    bufferIntervalSeconds: 90,
    retries: 1,
    runtime: "nodejs20.x",
    tracing: true,
    vpc: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] },
    codeSigningConfigArn: `arn:aws:lambda:${MOCKED.region}:${MOCKED.accountId}:code-signing-config:csc-0a1b2c3d4e5f6g7h8`,
  },
  backup: {
    expirationDays: 30,
    abortIncompleteUploadDays: 1,
    forceDestroy: true,
    bucketPrefix: "acme-",
    accessLog: { bucket: "access-logs", prefix: "moesif/" },
  },
  iam: {
    namePrefix: "acme-",
    path: "/acme/",
    permissionsBoundary: `arn:aws:iam::${MOCKED.accountId}:policy/boundary`,
    confusedDeputyGuard: "sourceAccount",
  },
  tags: { costCentre: "7" },
};

const KEYS: MoesifPipelineProps = {
  applicationId: { secretArn: secret("moesif"), kmsKey: key("secret") },
  redaction: { hash: ["user"] },
  hashKey: { secretArn: secret("hash"), kmsKey: key("hash") },
  backup: { kmsKey: key("bucket") },
  delivery: { kmsKeyArn: key("stream") },
  logs: { kmsKeyArn: key("logs") },
};

const PIPELINES: Readonly<Record<string, MoesifPipelineProps>> = {
  minimal: MINIMAL,
  complete: COMPLETE,
  redrive: { ...MINIMAL, redrive: {} },
  redrive_on_a_schedule: {
    ...KEYS,
    redrive: {
      mode: "schedule",
      everyMinutes: 30,
      recordsPerSecond: 100,
      maxAttempts: 5,
      memoryMb: 512,
      logRetentionDays: 7,
    },
  },
  redrive_by_events: { ...COMPLETE, redrive: { mode: "events" } },
  existing_bucket: { ...MINIMAL, backup: { bucket: "logs-of-all", mode: "AllData" } },
  existing_bucket_with_a_key: { ...KEYS, backup: { bucket: "logs-of-all", kmsKey: key("bucket") } },
  customer_keys: KEYS,
  bypass: { applicationId: KEYS.applicationId, delivery: KEYS.delivery, transformer: { enabled: false } },
  pass_through: { ...KEYS, transformer: { passThrough: true } },
  event_output: {
    ...MINIMAL,
    output: "event",
    enrichment: "none",
    identity: { subscription: ["metadata.plan"], sessionToken: ["metadata.session"] },
    sampling: { remote: false },
  },
  no_guard: { ...MINIMAL, iam: { confusedDeputyGuard: "none" } },
};

/** Names of fields that the module has otherwise. */
const RENAMED: Readonly<Record<string, string>> = { kmsKey: "kms_key_arn" };

/** Maps of which the keys are the user's. */
const OWN_KEYS = new Set(["metadata", "map", "tags", "commonAttributes", "drop", "keep"]);

const snakeCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The module's variables of a construct's properties. */
function asVariables(value: unknown): any {
  if (Array.isArray(value)) return value.map(asVariables);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      RENAMED[name] ?? snakeCase(name),
      OWN_KEYS.has(name) ? one : asVariables(one),
    ]),
  );
}

function moduleOf(folder: string, variables: object): ModuleCall {
  const source = join(ROOT, "terraform", folder);
  return { source, variables, outputs: moduleOutputs(folder) };
}

/** A stack that is called as a module: provider and state are the caller's. */
export function constructsOf(build: (stack: TerraformStack) => void, variables: object = {}): ModuleCall {
  const { directory, json } = synthesize(build);
  const { provider: _, ...module } = json;
  delete module.terraform.backend;
  writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify(module));
  return { source: directory, variables, outputs: Object.keys(module.output ?? {}) };
}

/** The module's outputs, by what the constructs have of the same. */
function outputs(stack: TerraformStack, values: Readonly<Record<string, unknown>>): void {
  // CDKTF takes no null within an output.
  const given: object = JSON.parse(JSON.stringify(values), (_, value) => value ?? undefined);
  for (const [name, value] of Object.entries(given)) {
    new TerraformOutput(stack, `output_${name}`, { value }).overrideLogicalId(name);
  }
}

/** Arguments of a stage, as an output of the modules. */
const stageArguments = ({ destinationArn, format }: StageAccessLogSettings) => ({
  destination_arn: destinationArn,
  format,
});

const arnAndName = ({ arn, name }: { readonly arn: string; readonly name: string }) => ({ arn, name });

function pipelineCase(props: MoesifPipelineProps, format?: RestAccessLogFormatProps, accessLog?: object): ParityCase {
  return {
    constructs: constructsOf((stack) => {
      const pipeline = new MoesifPipeline(stack, "pipeline", props);
      const { name, stream, transformer, bucket, deliveryRole, errorLog, redrive } = pipeline;
      outputs(stack, {
        rest_access_log_settings: stageArguments(restAccessLogSettings(stream, restAccessLogFormat(format))),
        pipeline: {
          ...pipelineVariable({
            ...pipeline,
            name,
            streamArn: stream.arn,
            streamKmsKeyArn: props.delivery?.kmsKeyArn,
            transformerEnabled: props.transformer?.enabled,
          }),
          ...monitoredVariable(pipeline),
        },
        settings: transformer.settings.resource.contentInput,
        stream: arnAndName(stream),
        function: arnAndName(transformer),
        bucket: arnAndName(bucket),
        transformer_role: arnAndName(transformer.role),
        delivery_role: arnAndName(deliveryRole),
        redrive_function: redrive ? arnAndName(redrive) : "${null}",
        log_group_names: { transformer: transformer.logGroup.name, delivery: errorLog.groupName },
      });
    }),
    module: moduleOf(".", { ...asVariables(props), access_log: accessLog ?? {} }),
  };
}

/** What is added to a pipeline: as constructs take it, with the ARN of its stream. */
interface Pipeline extends EnrollmentPipeline {
  readonly streamArn: string;
  readonly streamKmsKeyArn?: string;
  readonly transformerEnabled?: boolean;
}

const stream = (name: string) =>
  `arn:aws:firehose:${MOCKED.region}:${MOCKED.accountId}:deliverystream/amazon-apigateway-${name}`;

const PLAIN: Pipeline = {
  name: "moesif",
  environment: { ...MOCKED, partition: "aws" },
  streamArn: stream("moesif"),
  bucket: { name: "backup", arn: "arn:aws:s3:::backup", safeguards: [] },
};

/** What a module beside the pipeline can have otherwise than the pipeline. */
const OWN_ROLE: IamProps = {
  path: "/stages/",
  permissionsBoundary: `arn:aws:iam::${MOCKED.accountId}:policy/stages`,
  namePrefix: "stages-",
};

const DEMANDING: Pipeline = {
  name: "Orders_1",
  environment: PLAIN.environment,
  streamArn: stream("Orders_1"),
  streamKmsKeyArn: key("stream"),
  bucket: { ...PLAIN.bucket, kmsKeyArn: key("bucket") },
  logKmsKeyArn: key("logs"),
  iam: COMPLETE.iam,
  tags: { costCentre: "7", team: "platform" },
};

/** The variable `pipeline` of the modules in `modules/`. */
function pipelineVariable({ name, environment, bucket, iam, tags, ...pipeline }: Pipeline): object {
  return {
    name,
    account_id: environment.accountId,
    region: environment.region,
    partition: environment.partition,
    stream_arn: pipeline.streamArn,
    stream_kms_key_arn: pipeline.streamKmsKeyArn ?? null,
    bucket_name: bucket.name,
    bucket_arn: bucket.arn,
    bucket_kms_key_arn: bucket.kmsKeyArn ?? null,
    transformer_enabled: pipeline.transformerEnabled ?? true,
    log_kms_key_arn: pipeline.logKmsKeyArn ?? null,
    iam: {
      path: iam?.path ?? "/",
      permissions_boundary: iam?.permissionsBoundary ?? null,
      name_prefix: iam?.namePrefix ?? "moesif-",
    },
    tags: tags ?? {},
  };
}

interface StageLogsFormats {
  readonly http: string;
  readonly websocket: string;
}

function stageLogsCase(
  pipeline: Pipeline,
  logs: StageLogs & Pick<StageLogGroupProps, "iam" | "tags">,
  formats: StageLogsFormats,
  accessLogs: object,
): ParityCase {
  return {
    constructs: constructsOf((stack) => {
      const { streamArn, logKmsKeyArn, ...rest } = pipeline;
      const group = new StageLogGroup(stack, "stages", {
        ...rest,
        kmsKeyArn: logKmsKeyArn,
        ...logs,
        tags: { ...pipeline.tags, ...logs.tags },
        stream: { arn: streamArn },
      });
      outputs(stack, {
        http_access_log_settings: stageArguments(httpAccessLogSettings(group, formats.http)),
        websocket_access_log_settings: stageArguments(websocketAccessLogSettings(group, formats.websocket)),
        log_group_name: group.name,
        log_group_arn: group.resource.arn,
        role_arn: group.role.arn,
        role_name: group.role.name,
      });
    }),
    module: moduleOf("modules/stage-logs", {
      pipeline: pipelineVariable(pipeline),
      log_group: asVariables({ retentionDays: logs.retentionDays, kmsKeyArn: logs.kmsKeyArn }),
      iam: asVariables(logs.iam ?? {}),
      tags: logs.tags ?? {},
      ...accessLogs,
    }),
  };
}

function enrollmentCase(pipeline: Pipeline, props: Omit<StageEnrollmentProps, "pipeline">): ParityCase {
  const destinations = Object.entries(props.destinations).map(([type, one]) => [type.toLowerCase(), asVariables(one)]);
  return {
    constructs: constructsOf((stack) => {
      const enrollment = new StageEnrollment(stack, "enrollment", { ...props, pipeline });
      outputs(stack, {
        function_name: enrollment.functionName,
        function_arn: enrollment.functionArn,
        role_arn: enrollment.role.arn,
        role_name: enrollment.role.name,
        log_group_name: enrollment.logGroup.name,
        totals: enrollment.totals,
      });
    }),
    module: moduleOf("modules/stage-enrollment", {
      ...asVariables(props),
      destinations: Object.fromEntries(destinations),
      pipeline: pipelineVariable(pipeline),
    }),
  };
}

/** What alarms need of a pipeline. */
interface Monitored extends MonitoredPipeline {
  readonly redrive?: MonitoredPipeline["redrive"] & { readonly name: string };
}

const MONITORED: Monitored = {
  name: "moesif",
  environment: PLAIN.environment,
  stream: { arn: stream("moesif"), name: "amazon-apigateway-moesif" },
  transformer: {
    name: "moesif-transform-moesif",
    timeoutSeconds: 60,
    memoryMb: 512,
    isInvoked: true,
    readsApplicationId: true,
  },
  errorLog: { groupName: "/aws/kinesisfirehose/amazon-apigateway-moesif" },
  bufferSeconds: 120,
};

/** The variable `pipeline` of the module `monitoring`, as far as no other module needs it. */
function monitoredVariable({
  stream,
  transformer,
  errorLog,
  redrive,
  bufferSeconds,
}: Omit<Monitored, "environment">): object {
  return {
    buffer_seconds: bufferSeconds,
    stream_name: stream.name,
    function_name: transformer.name,
    function_timeout_seconds: transformer.timeoutSeconds,
    function_memory_mb: transformer.memoryMb,
    transformer_enabled: transformer.isInvoked,
    reads_sampling_rules: transformer.readsApplicationId,
    delivery_log_group_name: errorLog.groupName,
    redrive_function_name: redrive?.name ?? null,
    redrive_failed_queue_name: redrive?.deadLetterQueue?.name ?? null,
  };
}

function monitoringCase(pipeline: Monitored, props: Omit<MonitoringProps, "pipeline"> = {}): ParityCase {
  const { name, environment, stream, tags } = pipeline;
  return {
    constructs: constructsOf((stack) => {
      const { alarms, dashboard } = new Monitoring(stack, "monitoring", { ...props, pipeline });
      const names = Object.entries(alarms).map(([key, alarm]) => [snakeCase(key), alarm.alarmNameInput]);
      const dashboardName = dashboard?.dashboardNameInput ?? "${null}";
      outputs(stack, { alarm_names: Object.fromEntries(names), dashboard_name: dashboardName });
    }),
    module: moduleOf("modules/monitoring", {
      ...asVariables(props),
      pipeline: {
        name,
        account_id: environment.accountId,
        region: environment.region,
        partition: environment.partition,
        stream_arn: stream.arn,
        tags: tags ?? {},
        ...monitoredVariable(pipeline),
      },
    }),
  };
}

const GROUP = `arn:aws:logs:${MOCKED.region}:${MOCKED.accountId}:log-group:/aws/vendedlogs/apigateway/moesif`;

const DESTINATIONS = {
  REST: { destinationArn: stream("moesif"), format: restAccessLogFormat() },
  HTTP: { destinationArn: GROUP, format: httpAccessLogFormat() },
  WEBSOCKET: { destinationArn: GROUP, format: websocketAccessLogFormat() },
};

const TOPIC = `arn:aws:sns:${MOCKED.region}:${MOCKED.accountId}:alarms`;

const createdSecret = { name: "moesif/application-id", version: 3, recoveryWindowDays: 7 };

const logRole = { path: "/acme/", permissionsBoundary: COMPLETE.iam!.permissionsBoundary!, namePrefix: "acme-" };

/** What a Lambda authorizer returns of a request, by short names: a format has 1024 bytes at most. */
const PROPERTIES = {
  query: identityFrom.authorizerProperty("q"),
  forwardedFor: identityFrom.authorizerProperty("f"),
  contentType: identityFrom.authorizerProperty("c"),
};
const NAMES_OF_PROPERTIES = { query: "q", forwarded_for: "f", content_type: "c" };

/** What no case sets, by the folder of the module: an application id that was written would be no part of the plan. */
export const UNSET: Readonly<Record<string, readonly string[]>> = { "modules/application-id": ["value"] };

export const CASES: Readonly<Record<string, ParityCase>> = {
  ...Object.fromEntries(Object.entries(PIPELINES).map(([name, props]) => [name, pipelineCase(props)])),
  rest_format: pipelineCase(
    MINIMAL,
    {
      user: identityFrom.cognitoClaim("sub"),
      company: identityFrom.authorizerProperty("tenant"),
      path: "route",
      request: PROPERTIES,
    },
    {
      user: { from: "cognitoClaim", name: "sub" },
      company: { from: "authorizerProperty", name: "tenant" },
      path: "route",
      request: NAMES_OF_PROPERTIES,
    },
  ),
  http_and_websocket: stageLogsCase(
    PLAIN,
    {},
    { http: httpAccessLogFormat(), websocket: websocketAccessLogFormat() },
    {},
  ),
  http_and_websocket_with_keys: stageLogsCase(
    DEMANDING,
    { retentionDays: 7 },
    {
      http: httpAccessLogFormat({
        user: identityFrom.jwtClaim("sub"),
        company: identityFrom.authorizerProperty("t"),
        path: "route",
        request: PROPERTIES,
      }),
      websocket: websocketAccessLogFormat({
        user: identityFrom.authorizerProperty("u"),
        company: identityFrom.authorizerProperty("t"),
        request: PROPERTIES,
      }),
    },
    {
      http_access_log: {
        user: { from: "jwtClaim", name: "sub" },
        company: { from: "authorizerProperty", name: "t" },
        path: "route",
        request: NAMES_OF_PROPERTIES,
      },
      websocket_access_log: {
        user: { from: "authorizerProperty", name: "u" },
        company: { from: "authorizerProperty", name: "t" },
        request: NAMES_OF_PROPERTIES,
      },
    },
  ),
  stage_logs_of_their_own: stageLogsCase(
    DEMANDING,
    { kmsKeyArn: key("stages"), iam: OWN_ROLE, tags: { team: "gateway" } },
    {
      http: httpAccessLogFormat(),
      websocket: websocketAccessLogFormat({
        user: identityFrom.authorizerPrincipal(),
        company: identityFrom.apiKeyId(),
      }),
    },
    { websocket_access_log: { user: { from: "authorizerPrincipal" }, company: { from: "apiKeyId" } } },
  ),
  enrollment: enrollmentCase(PLAIN, {
    destinations: { REST: DESTINATIONS.REST },
    stages: [{ type: "REST", apiId: "a1b2c3d4e5", stage: "prod" }],
  }),
  enrollment_of_all_types: enrollmentCase(DEMANDING, {
    destinations: DESTINATIONS,
    stages: [
      { type: "REST", apiId: "a1b2c3d4e5", stage: "prod" },
      { type: "REST", apiId: "a1b2c3d4e5", stage: "test", overwrite: true },
      { type: "HTTP", apiId: "f6g7h8", stage: "$default" },
      { type: "WEBSOCKET", apiId: "i9j0", stage: "live" },
    ],
    match: [{ tags: { moesif: "yes" } }, { apiName: "orders-*", stage: "v*", types: ["HTTP"], overwrite: true }],
    schedule: "rate(15 minutes)",
    callsPerSecond: 2,
    memoryMb: 512,
    timeoutSeconds: 300,
    runtime: "nodejs20.x",
    architecture: "x86_64",
    logRetentionDays: 7,
    logKmsKeyArn: key("enrollment"),
    iam: OWN_ROLE,
    tags: { team: "gateway" },
  }),
  enrollment_of_http: enrollmentCase(DEMANDING, {
    destinations: { HTTP: DESTINATIONS.HTTP, WEBSOCKET: DESTINATIONS.WEBSOCKET },
    match: [{ apiName: "*" }],
  }),
  monitoring: monitoringCase(MONITORED),
  monitoring_with_every_option: monitoringCase(
    {
      ...MONITORED,
      name: "Orders_1",
      transformer: { ...MONITORED.transformer, timeoutSeconds: 90, readsApplicationId: false },
      redrive: { name: "moesif-redrive-Orders_1", deadLetterQueue: { name: "moesif-redrive-Orders_1-failed" } },
      tags: DEMANDING.tags,
    },
    {
      enrollment: { functionName: "moesif-enroll-Orders_1" },
      topicArn: TOPIC,
      runbookUrl: "https://wiki.example.com/moesif",
      alarms: {
        noTraffic: { minutes: 360 },
        stagesNotEnrolled: { threshold: 2 },
        throttledRecords: { threshold: 10, minutes: 10 },
        streamQuota: { threshold: 50, minutes: 15 },
        transformerErrors: { threshold: 1, minutes: 30 },
        transformerThrottles: { threshold: 3, minutes: 60 },
        transformerDuration: { threshold: 50, minutes: 10 },
        processingSuccess: { threshold: 0.9, minutes: 10 },
        eventsFailed: { threshold: 100, minutes: 120 },
        deliverySuccess: { threshold: 0.99, minutes: 10 },
        dataFreshness: { threshold: 600, minutes: 10 },
        streamBacklog: { threshold: 12 },
        backupFailed: { enabled: false },
        givenUp: { threshold: 5 },
        redriveFailed: { threshold: 5, enabled: true },
      },
      tags: { team: "gateway" },
    },
  ),
  monitoring_of_sampling_rules: monitoringCase(MONITORED, {
    dashboard: false,
    alarms: {
      secretUnreadable: { minutes: 15 },
      samplingRulesStale: { threshold: 7200, minutes: 10 },
      samplingRulesSkipped: { threshold: 1, minutes: 1440 },
      backupFailed: { threshold: 1, minutes: 10 },
    },
  }),
  monitoring_without_the_transformer: monitoringCase({
    ...MONITORED,
    transformer: { ...MONITORED.transformer, isInvoked: false, readsApplicationId: false },
    redrive: { name: "moesif-redrive-moesif" },
  }),
  application_id: {
    constructs: constructsOf((stack) => {
      const value = variable(stack, "value", "string", "unchanged");
      value.addOverride("ephemeral", true);
      const createSecret = { ...createdSecret, value: value.stringValue };
      const props = { createSecret, kmsKey: key("secret"), tags: { team: "platform" } };
      const { secretArn, kmsKeyArn } = new ApplicationId(stack, "application_id", props);
      const id = { secret_arn: secretArn, kms_key_arn: kmsKeyArn };
      outputs(stack, { application_id: id, secret_arn: secretArn });
    }),
    module: moduleOf("modules/application-id", {
      secret: { ...asVariables(createdSecret), kms_key_arn: key("secret") },
      tags: { team: "platform" },
    }),
  },
  api_gateway_log_role: {
    constructs: constructsOf((stack) => {
      const { arn, name } = new ApiGatewayLogRole(stack, "log_role", { ...logRole, tags: { team: "platform" } });
      outputs(stack, { role_arn: arn, role_name: name });
    }),
    module: moduleOf("modules/api-gateway-log-role", { iam: asVariables(logRole), tags: { team: "platform" } }),
  },
  rollout_dashboard: {
    constructs: constructsOf((stack) => {
      const { name, arn } = new RolloutDashboard(stack, "dashboard", {
        name: "everything",
        pipelines: { staging: PLAIN, "production eu-west-1": DEMANDING },
      });
      outputs(stack, { dashboard_name: name, dashboard_arn: arn });
    }),
    module: moduleOf("modules/rollout-dashboard", {
      name: "everything",
      pipelines: Object.fromEntries(
        Object.entries({ staging: PLAIN, "production eu-west-1": DEMANDING }).map(([label, { name, environment }]) => [
          label,
          { name, account_id: environment.accountId, region: environment.region },
        ]),
      ),
    }),
  },
};

/** What must be found to differ from the module in the case of the same name, and where. */
export const CHANGED: Readonly<Record<string, { readonly constructs: ModuleCall; readonly differences: string[] }>> = {
  minimal: {
    ...pipelineCase({
      applicationId: { secretArn: secret("moesif"), kmsKey: key("secret") },
      environment: "live",
      transformer: { memoryMb: 512 },
    }),
    differences: [
      "aws_iam_role_policy deliver",
      "aws_iam_role_policy transform",
      "aws_lambda_function moesif-transform-moesif",
      "aws_s3_object",
      "outputs",
    ],
  },
  http_and_websocket: {
    ...stageLogsCase(
      { ...PLAIN, streamKmsKeyArn: key("stream") },
      { retentionDays: 3 },
      { http: httpAccessLogFormat({ path: "route" }), websocket: websocketAccessLogFormat() },
      {},
    ),
    differences: [
      "aws_cloudwatch_log_group /aws/vendedlogs/apigateway/moesif",
      "aws_iam_role_policy deliver",
      "outputs",
    ],
  },
  enrollment: {
    ...enrollmentCase(PLAIN, {
      destinations: { REST: DESTINATIONS.REST },
      stages: [{ type: "REST", apiId: "a1b2c3d4e5", stage: "prod", overwrite: true }],
    }),
    differences: [
      "aws_iam_policy",
      "aws_iam_role_policy enroll",
      "aws_lambda_invocation enroll",
      "data.aws_lambda_invocation",
    ],
  },
  monitoring: {
    ...monitoringCase(MONITORED, { alarms: { dataFreshness: { threshold: 600 } } }),
    differences: ["aws_cloudwatch_metric_alarm moesif-moesif-data-freshness"],
  },
};
