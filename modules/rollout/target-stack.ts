/** The stack of one target: its provider, its state, one pipeline, and outputs for those who set up stages. */
import { type Construct, Fn, TerraformOutput, TerraformStack, TerraformVariable } from "../cdk";
import type { ApplicationIdSource } from "../pipeline/application-id";
import { Monitoring } from "../monitoring/monitoring";
import { MoesifPipeline } from "../pipeline/moesif-pipeline";
import { escapeTemplate } from "../terraform-json";
import { WARNINGS_REPORTED } from "../settings/checks";
import { redactionOf } from "../settings/redaction";
import { secretLimits } from "../settings/secrets";
import { addBackend, addProvider, escaped, NEWEST_NEEDS } from "./deployment";
import { documentProps } from "./target-settings";
import { logTargetStages, type TargetStages } from "./target-stages";
import type { RolloutTarget, TargetSettings } from "./targets";

/** The variable that brings the application id where the stack creates the secret. */
const APPLICATION_ID_VARIABLE = "moesif_application_id";

/** The block that shows what is wrong with stages came with this one. */
const CHECK_NEEDS = ">= 1.5.0";

/** Stack of one account and region of a rollout file. */
export class TargetStack extends TerraformStack {
  /** Pipeline of the target. */
  readonly pipeline: MoesifPipeline;
  /** Enrollment of the listed and matched stages; absent without any. */
  readonly stages: TargetStages;
  /** Alarms of the pipeline, if `monitoring` is set. */
  readonly monitoring?: Monitoring;

  constructor(scope: Construct, target: RolloutTarget) {
    super(scope, target.stackName);
    const { account, region, settings } = target;
    // The reader of the file has reported them, with their positions.
    this.node.setContext(WARNINGS_REPORTED, true);
    addProvider(this, { account, region, tags: settings.tags });
    addBackend(this, target.state);
    this.pipeline = new MoesifPipeline(this, "pipeline", {
      accountId: account.id,
      region,
      partition: target.partition,
      name: settings.name,
      applicationId: this.#applicationId(settings),
      backup: settings.backup,
      delivery: { ...settings.delivery, commonAttributes: escaped(settings.delivery?.commonAttributes) },
      redrive: settings.redrive,
      iam: settings.iam,
      logs: settings.logs,
      stageLogs: { retentionDays: settings.stageLogs?.retentionDays, kmsKeyArn: settings.stageLogs?.kmsKeyArn },
      ...documentProps(target),
      // A key may be set for all targets of which some hash nothing.
      hashKey: redactionOf(settings.redaction)?.hash && settings.hashKey,
    });
    this.stages = logTargetStages(this, this.pipeline, target);
    const { enrollment } = this.stages;
    if (settings.monitoring) {
      const { runbookUrl, ...monitoring } = settings.monitoring;
      const props = { ...monitoring, runbookUrl: runbookUrl && escapeTemplate(runbookUrl) };
      this.monitoring = new Monitoring(this, "monitoring", { pipeline: this.pipeline, enrollment, ...props });
    }
    this.#requireTerraform(target);
    this.#outputs();
  }

  #requireTerraform({ state, settings }: RolloutTarget): void {
    const needs =
      state.s3 || settings.applicationId.createSecret ? NEWEST_NEEDS : this.stages.enrollment ? CHECK_NEEDS : undefined;
    if (needs) this.addOverride("terraform.required_version", needs);
  }

  #applicationId({ applicationId }: TargetSettings): ApplicationIdSource {
    if (applicationId.createSecret === undefined) return applicationId;
    const variable = new TerraformVariable(this, APPLICATION_ID_VARIABLE, {
      type: "string",
      description: "Moesif Collector Application Id; kept only in Secrets Manager, never in plan or state",
      sensitive: true,
      nullable: false,
    });
    variable.addOverride("ephemeral", true);
    variable.addValidation({
      condition: Fn.can(Fn.regex(secretLimits.applicationId.pattern, variable.stringValue)),
      errorMessage: `${APPLICATION_ID_VARIABLE} must be ${secretLimits.applicationId.expects} (${secretLimits.applicationId.because}).`,
    });
    const createSecret = { ...applicationId.createSecret, value: variable.stringValue };
    return { createSecret, kmsKey: applicationId.kmsKey };
  }

  #outputs(): void {
    const { stream, bucket, deliveryRole, transformer, redrive } = this.pipeline;
    const output = (id: string, value: string, description: string) =>
      new TerraformOutput(this, id, { value, description });
    output("stream_arn", stream.arn, "Delivery stream: the destination of the stages' access logs");
    output("stream_name", stream.name, "Name of the delivery stream");
    const { destinations, logGroup, enrollment } = this.stages;
    const { REST, HTTP, WEBSOCKET } = destinations;
    output("access_log_format", REST!.format, "Access-log format for the REST stages");
    if (logGroup) {
      output("stage_log_group_arn", logGroup.arn, "Log group: the destination of HTTP and WebSocket stages");
    }
    if (HTTP) output("access_log_format_http", HTTP.format, "Access-log format for the HTTP stages");
    if (WEBSOCKET) {
      output("access_log_format_websocket", WEBSOCKET.format, "Access-log format for the WebSocket stages");
    }
    if (enrollment) {
      output("enrolled_stages", enrollment.totals, "How many stages had each result in the last call that set some");
    }
    output("backup_bucket", bucket.name, "Bucket of what could not be processed or delivered");
    output("delivery_role_arn", deliveryRole.arn, "Role of the delivery stream");
    if (redrive) output("redrive_function_name", redrive.name, "Function that puts failed records back on the stream");
    output("transformer_arn", transformer.arn, "Transformer function");
    output("transformer_role_arn", transformer.roleArn, "Role of the transformer function");
  }
}
