/**
 * A case of each module: constructs as their user writes them, with one input for both sides, and what the module's
 * outputs are to be.
 */
import {
  ApiGatewayLogRole,
  ApplicationId,
  httpAccessLogFormat,
  httpAccessLogSettings,
  type IamProps,
  MoesifPipeline,
  type MoesifPipelineProps,
  restAccessLogFormat,
  restAccessLogSettings,
  type StageAccessLogSettings,
  StageEnrollment,
  type StageEnrollmentProps,
  StageLogGroup,
  type StageLogGroupProps,
  websocketAccessLogFormat,
  websocketAccessLogSettings,
} from "../../../modules";
import { TerraformVariable, type TerraformStack } from "../../../modules/cdk";
import { hclValue } from "../../../modules/hcl";
import { EnrollmentSchedule } from "../../../modules/stage-enrollment/enrollment-schedule";
import type { Handle } from "./inputs";
import { type AccessLog, type AccessLogs, formatProps } from "./access-log";

export interface ParityCase {
  /** As a name of Terraform's. */
  readonly name: string;
  /** Folder of the module, from that of the root module. */
  readonly folder: string;
  /** What the module is given, in the constructs' names. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Makes the constructs, and says what the module's outputs are to be. */
  readonly build: (stack: TerraformStack) => Readonly<Record<string, unknown>>;
}

export type PipelineInput = MoesifPipelineProps & { readonly accessLog?: AccessLog };

/**
 * @param change what is made otherwise with the construct, and not with the module
 */
export function pipelineCase(
  name: string,
  input: PipelineInput,
  change: (pipeline: MoesifPipeline) => void = () => undefined,
): ParityCase {
  const { accessLog, ...props } = input;
  const { existingBucketName: bucketName, ...backup } = props.backup ?? {};
  return {
    name,
    folder: bucketName === undefined ? "." : "modules/existing-bucket",
    variables: bucketName === undefined ? { ...input } : { ...input, backup: { bucketName, ...backup } },
    build(stack) {
      const pipeline = new MoesifPipeline(stack, "pipeline", props);
      change(pipeline);
      const { environment, stream, bucket, deliveryRole, transformer } = pipeline;
      const format = restAccessLogFormat(formatProps(accessLog));
      return {
        stream_arn: stream.arn,
        stream_name: stream.name,
        rest_access_log_settings: arguments_(restAccessLogSettings(stream, format)),
        backup_bucket: bucket.name,
        delivery_role_arn: deliveryRole.arn,
        transformer_arn: transformer.arn,
        transformer_role_arn: transformer.roleArn,
        settings: hclValue("jsondecode(aws_s3_object.pipeline_transformer_settings.content)"),
        pipeline: {
          name: props.name ?? "moesif",
          account_id: environment.accountId,
          region: environment.region,
          partition: environment.partition,
          stream_arn: stream.arn,
          stream_kms_key_arn: props.delivery?.kmsKeyArn,
          bucket_name: bucket.name,
          bucket_arn: bucket.arn,
          bucket_kms_key_arn: props.backup?.kmsKeyArn,
          transformer_enabled: props.transformer?.enabled ?? true,
        },
      };
    },
  };
}

function arguments_({ destinationArn, format }: StageAccessLogSettings) {
  return { destination_arn: destinationArn, format };
}

interface SecretInput {
  readonly secret: {
    readonly name: string;
    readonly version?: number;
    readonly recoveryWindowDays?: number;
    readonly kmsKeyArn?: string;
  };
  readonly tags?: { [key: string]: string };
}

export function applicationIdCase(name: string, { secret, tags }: SecretInput): ParityCase {
  const { kmsKeyArn, ...createSecret } = secret;
  return {
    name,
    folder: "modules/application-id",
    variables: { value: "the-application-id", secret, tags },
    build(stack) {
      const variable = new TerraformVariable(stack, "value", { type: "string" });
      variable.addOverride("ephemeral", true);
      const { secretArn } = new ApplicationId(stack, "application_id", {
        createSecret: { ...createSecret, value: variable.stringValue },
        kmsKeyArn,
        tags,
      });
      return { secret_arn: secretArn, application_id: { secret_arn: secretArn, kms_key_arn: kmsKeyArn } };
    },
  };
}

export interface StageLogsInput extends AccessLogs {
  readonly pipeline: Handle;
  readonly logGroup?: Pick<StageLogGroupProps, "retentionDays" | "kmsKeyArn">;
  readonly iam?: IamProps;
  readonly tags?: { [key: string]: string };
}

export function stageLogsCase(name: string, input: StageLogsInput): ParityCase {
  const { pipeline, logGroup: props, httpAccessLog, websocketAccessLog, iam, tags } = input;
  return {
    name,
    folder: "modules/stage-logs",
    variables: { ...input },
    build(stack) {
      const logGroup = new StageLogGroup(stack, "stage_log_group", {
        ...props,
        name: pipeline.name,
        environment: pipeline,
        stream: { arn: pipeline.streamArn },
        streamKmsKeyArn: pipeline.streamKmsKeyArn,
        transformerEnabled: pipeline.transformerEnabled,
        iam,
        tags,
      });
      const http = httpAccessLogSettings(logGroup, httpAccessLogFormat(formatProps(httpAccessLog)));
      const websocket = websocketAccessLogSettings(logGroup, websocketAccessLogFormat(formatProps(websocketAccessLog)));
      return {
        log_group_name: logGroup.name,
        log_group_arn: logGroup.arn,
        http_access_log_settings: arguments_(http),
        websocket_access_log_settings: arguments_(websocket),
      };
    },
  };
}

interface LogRoleInput {
  readonly iam?: IamProps;
  readonly tags?: { [key: string]: string };
}

export function logRoleCase(name: string, input: LogRoleInput): ParityCase {
  return {
    name,
    folder: "modules/api-gateway-log-role",
    variables: { ...input },
    build(stack) {
      const { arn } = new ApiGatewayLogRole(stack, "api_gateway_log_role", { ...input.iam, tags: input.tags });
      return { role_arn: arn };
    },
  };
}

type Enrolled = Omit<StageEnrollmentProps, "name" | "environment" | "bucket" | "schedule" | "dependsOn">;

export interface EnrollmentInput extends Enrolled {
  readonly pipeline: Handle;
}

export function enrollmentCase(name: string, input: EnrollmentInput): ParityCase {
  const { pipeline, ...props } = input;
  return {
    name,
    folder: "modules/stage-enrollment",
    variables: { ...input },
    build(stack) {
      const { functionName, functionArn, roleArn, totals } = new StageEnrollment(stack, "enrollment", {
        ...props,
        name: pipeline.name,
        environment: pipeline,
        bucket: {
          name: pipeline.bucketName,
          arn: pipeline.bucketArn,
          kmsKeyArn: pipeline.bucketKmsKeyArn,
          safeguards: [],
        },
      });
      return {
        enrollment: { name: pipeline.name, function_name: functionName, function_arn: functionArn },
        function_arn: functionArn,
        role_arn: roleArn,
        totals,
      };
    },
  };
}

interface ScheduleInput {
  readonly enrollment: { readonly name: string; readonly functionName: string; readonly functionArn: string };
  readonly schedule: string;
  readonly tags?: { [key: string]: string };
}

export function scheduleCase(name: string, input: ScheduleInput): ParityCase {
  const { enrollment, schedule: expression, tags } = input;
  return {
    name,
    folder: "modules/enrollment-schedule",
    variables: { ...input },
    build(stack) {
      const { functionName, functionArn: arn } = enrollment;
      const props = { name: enrollment.name, expression, function: { functionName, arn }, tags };
      new EnrollmentSchedule(stack, "schedule", props);
      return {};
    },
  };
}
