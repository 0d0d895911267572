/** The public face of the package. */
export { MoesifPipeline, type MoesifPipelineProps } from "./pipeline/moesif-pipeline";
export {
  ApplicationId,
  type ApplicationIdProps,
  type ApplicationIdSource,
  type CreatedSecretProps,
  type SecretByArn,
  type SecretByName,
  type SecretToCreate,
} from "./pipeline/application-id";
export { AwsEnvironment, type AwsEnvironmentProps } from "./pipeline/aws-environment";
export {
  type AccessLogProps,
  BackupBucket,
  type BackupBucketProps,
  type BackupSettings,
} from "./pipeline/backup-bucket";
export type { Output } from "./pipeline/delivery-stream";
export { DeliveryRole, type DeliveryRoleProps } from "./pipeline/delivery-role";
export {
  DeliveryStream,
  type DeliveryProps,
  type DeliveryStreamProps,
  type TransformProps,
} from "./pipeline/delivery-stream";
export { ErrorLog, type ErrorLogProps } from "./pipeline/error-log";
export { HashKey, type HashKeyProps, type HashKeySource } from "./pipeline/hash-key";
export type { IMoesifPipeline, NamedPipelineProps, PipelineAttributes } from "./pipeline/imported-pipeline";
export type { KmsKeyProps } from "./pipeline/kms-key";
export { RolloutDashboard, type RolloutDashboardProps } from "./monitoring/rollout-dashboard";
export { streamName } from "./pipeline/names";
export { RedriveFunction, type RedriveFunctionProps, type RedriveProps } from "./pipeline/redrive-function";
export type { IamProps } from "./pipeline/service-role";
export type { TransformBuffering } from "./pipeline/transform-parameters";
export {
  type Runtime,
  TransformerFunction,
  type TransformerFunctionProps,
  type VpcProps,
} from "./pipeline/transformer-function";
export type { ApiSettingsInput, MetadataInput, TransformerSettingsInput } from "./pipeline/transformer-settings";
export type {
  ApiSettings,
  FieldMatch,
  FieldMatches,
  FieldSelection,
  FilterRule,
  IdentityRule,
  IdentitySettings,
  IdentitySource as IdentityRuleSource,
  JsonValue,
  MaskRule,
  Metadata,
  PathRedaction,
  RedactionSettings,
  SamplingSettings,
  TransformerSettings,
} from "../lambda/transformer/settings";
export { API_TYPES, type ApiType } from "../lambda/api-gateway/stage";
export {
  type AccessLogFormatProps,
  httpAccessLogFormat,
  type HttpAccessLogFormatProps,
  restAccessLogFormat,
  type RestAccessLogFormatProps,
  websocketAccessLogFormat,
  type WebsocketAccessLogFormatProps,
} from "./access-log-format/build";
export { identityFrom, type IdentitySource, type RequestSources } from "./access-log-format/sources";
export { accessLogFormatIssues } from "./access-log-format/check";
export { checkAccessLogFormat, type CheckedFormat } from "./access-log-format/repair";
export { ApiGatewayLogRole, type ApiGatewayLogRoleProps } from "./stage-logging/api-gateway-log-role";
export { logStages, LogStagesAspect, type LogStagesOptions, type StageOutcome } from "./stage-logging/log-stages";
export { StageLogGroup, type StageLogGroupProps, type StageLogs } from "./stage-logging/stage-log-group";
export {
  type EnrollmentPipeline,
  StageEnrollment,
  type StageEnrollmentProps,
} from "./stage-enrollment/stage-enrollment";
export type { Enrollment, ListedStage, StageMatch } from "../lambda/stage-enrollment/contract";
export type { AccessLogSettings, StageId } from "../lambda/api-gateway/stage";
export type { FieldMatchInput, FilterRuleInput } from "./settings/filter";
export type { DeclaredStage, StageSelector } from "./stage-logging/declared-stage";
export {
  httpAccessLogSettings,
  restAccessLogSettings,
  type StageAccessLogSettings,
  websocketAccessLogSettings,
} from "./stage-logging/access-log-settings";
export {
  type MonitoredPipeline,
  Monitoring,
  type MonitoringProps,
  type MonitoringSettings,
} from "./monitoring/monitoring";
export type { AlarmKey, AlarmOptions, Alarms } from "./settings/monitoring";
export { type ProviderProps, widenAwsProvider } from "./addresses";
export { InvalidValueError } from "./settings/checks";
export { type PlacedIssue, RolloutError } from "./rollout/rollout-error";
export { describeIssue, type Issue } from "./settings/issue";
export { rolloutStages, type RolloutStages } from "./rollout/stages";
export { bypassingStacks, rolloutSettings } from "./rollout/target-settings";
export { TargetStack } from "./rollout/target-stack";
export { rollOut, synthesizeRollout, type SynthesizedRollout } from "./rollout/synthesize";
