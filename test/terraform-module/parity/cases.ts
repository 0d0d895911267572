/**
 * What construct and plain module are both given, from minimal to complete. Each input is written once, as a construct's
 * user writes it; the module's variables are made of it.
 */
import { httpAccessLogFormat, restAccessLogFormat, websocketAccessLogFormat } from "../../../modules";
import { MOCKED } from "../../support/mocked-terraform";
import {
  applicationIdCase,
  enrollmentCase,
  logRoleCase,
  type ParityCase,
  pipelineCase,
  scheduleCase,
  stageLogsCase,
} from "./builders";
import { COMPLETE, type Handle, HANDLE, kmsKey, SECRET } from "./inputs";

const iam = { path: "/moesif/", permissionsBoundary: `arn:aws:iam::${MOCKED.accountId}:policy/boundary` };
const tags = { team: "platform", "cost:centre": "7" };

const keyed: Handle = { ...HANDLE, name: "orders", streamKmsKeyArn: kmsKey(1), bucketKmsKeyArn: kmsKey(2) };

const group = `arn:aws:logs:${MOCKED.region}:${MOCKED.accountId}:log-group:/aws/vendedlogs/apigateway/moesif`;
const REST = { destinationArn: HANDLE.streamArn, format: restAccessLogFormat() };
const HTTP = { destinationArn: group, format: httpAccessLogFormat() };
const WEBSOCKET = { destinationArn: group, format: websocketAccessLogFormat() };
const enrollment = {
  name: "moesif",
  functionName: "moesif-enroll-moesif",
  functionArn: `arn:aws:lambda:${MOCKED.region}:${MOCKED.accountId}:function:moesif-enroll-moesif`,
};
/** More than the policies of one size hold. */
const manyStages = Array.from({ length: 45 }, (_, index) => ({
  type: (["REST", "HTTP", "WEBSOCKET"] as const)[index % 3]!,
  apiId: `a${1000 + index}`,
  stage: `stage-${index}`,
  ...(index % 5 === 0 && { overwrite: true }),
}));

export const CASES: readonly ParityCase[] = [
  pipelineCase("minimal", { applicationId: { secretArn: SECRET } }),
  pipelineCase("complete", COMPLETE),
  pipelineCase("defaults_written_out", {
    applicationId: { secretArn: SECRET },
    name: "moesif",
    baseUrl: "https://api.moesif.net/",
    output: "accessLog",
    enrichment: "full",
    eventTags: [],
    filter: [],
    sampling: { remote: true, rate: 100, by: "request", keepErrors: "none", refreshSeconds: 60, timeoutSeconds: 3 },
    backup: { expirationDays: 90, abortIncompleteUploadDays: 7, forceDestroy: false, mode: "FailedDataOnly" },
    delivery: { bufferIntervalSeconds: 60, bufferSizeMb: 1, retrySeconds: 300, logRetentionDays: 30 },
    transformer: {
      enabled: true,
      passThrough: false,
      memoryMb: 256,
      timeoutSeconds: 60,
      reservedConcurrency: -1,
      runtime: "nodejs22.x",
      architecture: "arm64",
      logRetentionDays: 30,
      bufferSizeMb: 1,
      bufferIntervalSeconds: 60,
      retries: 3,
    },
    iam: { path: "/", confusedDeputyGuard: "externalId" },
    accessLog: { path: "real" },
  }),
  pipelineCase("asks_moesif_for_nothing", {
    applicationId: { secretArn: SECRET, kmsKeyArn: kmsKey(1) },
    sampling: { remote: false, rate: 10, keepErrors: "all" },
    redaction: { fields: { keep: ["apiId", "requestId"] }, hash: ["user"] },
    hashKey: { secretArn: SECRET },
    transformer: { bufferSizeMb: 1, bufferIntervalSeconds: 60, retries: 0 },
    iam: { confusedDeputyGuard: "none" },
    accessLog: { user: { from: "apiKeyId" }, company: { from: "authorizerProperty", name: "tenant" } },
  }),
  pipelineCase("passed_through", {
    applicationId: { secretArn: SECRET, kmsKeyArn: kmsKey(1) },
    transformer: { passThrough: true },
    sampling: { companyLimit: 10 },
  }),
  pipelineCase("bypassed", {
    applicationId: { secretArn: SECRET, kmsKeyArn: kmsKey(1) },
    transformer: { enabled: false },
    accessLog: { user: { from: "iamCaller" }, company: { from: "cognitoIdentityId" } },
  }),
  pipelineCase("in_an_existing_bucket", {
    applicationId: { secretArn: SECRET },
    backup: { existingBucketName: "logs-of-all" },
  }),
  pipelineCase("complete_in_an_existing_bucket", {
    ...COMPLETE,
    backup: { existingBucketName: "logs-of-all", kmsKeyArn: kmsKey(3), mode: "AllData" },
  }),
  pipelineCase("bypassed_in_an_existing_bucket", {
    applicationId: { secretArn: SECRET },
    backup: { existingBucketName: "logs-of-all" },
    transformer: { enabled: false },
  }),
  pipelineCase("passed_through_in_an_existing_bucket", {
    applicationId: { secretArn: SECRET },
    backup: { existingBucketName: "logs-of-all", kmsKeyArn: kmsKey(3) },
    transformer: { passThrough: true },
    redaction: { fields: { keep: ["apiId"] } },
    sampling: { remote: false },
  }),
  applicationIdCase("application_id", { secret: { name: "moesif/application-id" } }),
  applicationIdCase("application_id_complete", {
    secret: { name: "moesif/other", version: 3, recoveryWindowDays: 0, kmsKeyArn: kmsKey(1) },
    tags,
  }),
  stageLogsCase("stage_logs", { pipeline: HANDLE }),
  stageLogsCase("stage_logs_complete", {
    pipeline: keyed,
    logGroup: { retentionDays: 7, kmsKeyArn: kmsKey(3) },
    httpAccessLog: {
      user: { from: "jwtClaim", name: "sub" },
      company: { from: "authorizerProperty", name: "tenant" },
      path: "route",
      request: { query: "q", forwardedFor: "from", contentType: "type" },
    },
    websocketAccessLog: {
      user: { from: "authorizerPrincipal" },
      company: { from: "authorizerProperty", name: "t" },
      request: { query: "q", forwardedFor: "from" },
    },
    iam,
    tags,
  }),
  // A format of WebSocket APIs has no room for all of it.
  stageLogsCase("stage_logs_of_content_types", {
    pipeline: HANDLE,
    logGroup: { retentionDays: 0 },
    websocketAccessLog: {
      user: { from: "authorizerProperty", name: "user" },
      request: { contentType: "type" },
    },
  }),
  logRoleCase("log_role", {}),
  logRoleCase("log_role_complete", { iam, tags }),
  enrollmentCase("enrollment_of_listed_stages", {
    pipeline: HANDLE,
    destinations: { REST },
    stages: [{ type: "REST", apiId: "a1b2c3d4e5", stage: "prod" }],
  }),
  enrollmentCase("enrollment_of_matching_stages", {
    pipeline: HANDLE,
    destinations: { REST, HTTP },
    match: [{ tags: { moesif: "yes" } }, { stage: "live-*", overwrite: true }],
  }),
  enrollmentCase("enrollment_complete", {
    pipeline: keyed,
    destinations: { REST, HTTP, WEBSOCKET },
    stages: manyStages,
    match: [
      { tags: { moesif: "yes", team: "a" }, apiName: "orders-*", stage: "prod", types: ["REST", "WEBSOCKET"] },
      { apiName: "*", types: ["HTTP"], overwrite: true },
    ],
    callsPerSecond: 2.5,
    memoryMb: 512,
    timeoutSeconds: 300,
    runtime: "nodejs20.x",
    architecture: "x86_64",
    logRetentionDays: 7,
    iam,
    tags,
  }),
  scheduleCase("schedule", { enrollment, schedule: "rate(15 minutes)" }),
  scheduleCase("schedule_complete", { enrollment, schedule: "cron(0 6 * * ? *)", tags }),
];
