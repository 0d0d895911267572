/** A pipeline as others see it, and one that another stack or repository made. */
import { Construct, type IConstruct, type TerraformProvider, type TerraformResource, Token } from "../cdk";
import { providerOf, provideTo } from "../addresses";
import { stageLogGroupName } from "../stage-logging/stage-log-group";
import { awsLimits } from "../settings/aws";
import { Checks, InvalidValueError } from "../settings/checks";
import { pipelineDefaults, pipelineLimits } from "../settings/settings";
import { AwsEnvironment, type AwsEnvironmentProps } from "./aws-environment";
import { STREAM_NAME_PREFIX, streamName } from "./names";

/** What stages need of a pipeline, be it of this app or of another. */
export interface IMoesifPipeline extends IConstruct {
  /** Name of the pipeline. */
  readonly name: string;
  /** Account, region and partition. */
  readonly environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">;
  /** Delivery stream: the destination of REST stages. */
  readonly stream: { readonly name: string; readonly arn: string };
  /** The provider that it was given; `undefined` for the stack's provider without an alias. */
  readonly provider?: TerraformProvider;
  /** Log group: the destination of HTTP and WebSocket stages. */
  stageLogGroup(): {
    readonly name: string;
    readonly arn: string;
    /** Stages wait for it where this app makes it. */
    readonly subscription?: TerraformResource;
  };
}

/** The name of a pipeline, and its place. */
export interface NamedPipelineProps extends AwsEnvironmentProps {
  /**
   * Name of the pipeline.
   *
   * @default "moesif"
   */
  readonly name?: string;
}

/** What a pipeline has as outputs. */
export interface PipelineAttributes extends AwsEnvironmentProps {
  /** ARN of the delivery stream. A token is passed unchecked. */
  readonly streamArn: string;
  /**
   * ARN of the log group of HTTP and WebSocket stages, without `:*` at its end. A token is passed unchecked.
   *
   * @default none: such stages cannot log to the pipeline
   */
  readonly stageLogGroupArn?: string;
  /**
   * Name of the pipeline. Needed if `streamArn` is a token.
   *
   * @default that in `streamArn`
   */
  readonly name?: string;
}

export class ImportedPipeline extends Construct implements IMoesifPipeline {
  readonly environment: AwsEnvironment;
  readonly provider: IMoesifPipeline["provider"];
  readonly stream: IMoesifPipeline["stream"];

  /** @throws InvalidValueError if a literal is malformed */
  static fromName(
    scope: Construct,
    id: string,
    { name = pipelineDefaults.name, ...place }: NamedPipelineProps,
  ): IMoesifPipeline {
    const pipeline = new ImportedPipeline(scope, id, name, place, ({ partition, region, accountId }) => ({
      streamArn: `arn:${partition}:firehose:${region}:${accountId}:deliverystream/${streamName(name)}`,
      stageLogGroupArn: `arn:${partition}:logs:${region}:${accountId}:log-group:${stageLogGroupName(name)}`,
    }));
    return pipeline;
  }

  /** @throws InvalidValueError if a literal is malformed, or contradicts the ARN of the stream */
  static fromAttributes(scope: Construct, id: string, attributes: PipelineAttributes): IMoesifPipeline {
    const { streamArn, stageLogGroupArn, name: given, ...place } = attributes;
    const path = `${scope.node.path}/${id}`;
    new Checks(path)
      .value("streamArn", streamArn, awsLimits.streamArn)
      .value("stageLogGroupArn", stageLogGroupArn, awsLimits.logGroupArn)
      .end();
    // Of a literal ARN everything else is known.
    const [, partition, , region, accountId, resource] = Token.isUnresolved(streamArn) ? [] : streamArn.split(":");
    const name = given ?? resource?.slice(`deliverystream/${STREAM_NAME_PREFIX}`.length);
    if (name === undefined) {
      const issue = {
        id: "missing-key" as const,
        path: ["name"],
        message: "name is missing, and streamArn is a token",
      };
      throw new InvalidValueError(path, [{ ...issue, fix: "write the name of the pipeline" }]);
    }
    return new ImportedPipeline(scope, id, name, { partition, region, accountId, ...place }, () => attributes);
  }

  private constructor(
    scope: Construct,
    id: string,
    readonly name: string,
    place: AwsEnvironmentProps,
    private readonly arns: (environment: AwsEnvironment) => { streamArn: string; stageLogGroupArn?: string },
  ) {
    super(scope, id);
    provideTo(this, place.provider);
    this.provider = providerOf(this);
    new Checks(this).value("name", name, pipelineLimits.name).end();
    this.environment = new AwsEnvironment(this, "environment", place);
    this.stream = { name: streamName(name), arn: arns(this.environment).streamArn };
  }

  /** @throws InvalidValueError if the pipeline was given by attributes, without a log group */
  stageLogGroup(): { readonly name: string; readonly arn: string } {
    const { stageLogGroupArn: arn } = this.arns(this.environment);
    if (arn === undefined) {
      throw new InvalidValueError(this.node.path, [
        {
          id: "missing-key",
          path: ["stageLogGroupArn"],
          message: "HTTP and WebSocket stages require stageLogGroupArn",
          fix: "write the output stage_log_group_arn of the pipeline's stack",
        },
      ]);
    }
    return { name: stageLogGroupName(this.name), arn };
  }
}
