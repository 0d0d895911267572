/**
 * The parameters of the stream's Lambda processor, such that no plan differs for ever: the AWS provider forgets each
 * parameter that equals AWS's default when it reads the stream back
 * (https://github.com/hashicorp/terraform-provider-aws/issues/9827).
 */
import { AWS_BUFFER_DEFAULTS } from "../settings/transformer";

/** Literals: they decide which parameters there are. */
export interface TransformBuffering {
  /**
   * Buffer in MB before the transformer is invoked. Give both buffer size and interval, or neither.
   *
   * @default 1, AWS's own
   */
  readonly bufferSizeMb?: number;
  /**
   * Seconds that records wait before the transformer is invoked. Give both buffer size and interval, or neither.
   *
   * @default 60, AWS's own
   */
  readonly bufferIntervalSeconds?: number;
  /**
   * How often Firehose retries an invocation that failed, before the batch goes to the backup bucket.
   *
   * @default 3, AWS's own
   */
  readonly retries?: number;
}

export interface ProcessorParameter {
  readonly parameterName: string;
  readonly parameterValue: string;
}

/** The parameters, without those that equal AWS's defaults. */
export function transformParameters(
  lambdaArn: string,
  { bufferSizeMb, bufferIntervalSeconds, retries }: TransformBuffering,
): ProcessorParameter[] {
  const numbers = [
    { parameterName: "BufferSizeInMBs", value: bufferSizeMb, awsDefault: AWS_BUFFER_DEFAULTS.bufferSizeMb },
    {
      parameterName: "BufferIntervalInSeconds",
      value: bufferIntervalSeconds,
      awsDefault: AWS_BUFFER_DEFAULTS.bufferIntervalSeconds,
    },
    { parameterName: "NumberOfRetries", value: retries, awsDefault: AWS_BUFFER_DEFAULTS.retries },
  ];
  return [
    { parameterName: "LambdaArn", parameterValue: lambdaArn },
    ...numbers
      .filter(({ value, awsDefault }) => value !== undefined && value !== awsDefault)
      .map(({ parameterName, value }) => ({ parameterName, parameterValue: String(value) })),
  ];
}
