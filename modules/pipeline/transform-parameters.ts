/**
 * The parameters of the stream's Lambda processor, such that no plan differs for ever: the AWS provider forgets each
 * parameter that equals AWS's default when it reads the stream back
 * (https://github.com/hashicorp/terraform-provider-aws/issues/9827).
 */
import { rules } from "../rules";
import type { ValueChecks } from "../value-checks";

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

/** What AWS takes where nothing is said. */
export const AWS_DEFAULTS = { size: 1, interval: 60, retries: 3 } as const;

/** Checks the buffering and gives the parameters. */
export function transformParameters(
  lambdaArn: string,
  props: TransformBuffering,
  checks: ValueChecks,
): ProcessorParameter[] {
  const { bufferSizeMb: size, bufferIntervalSeconds: interval, retries } = props;
  checks
    .choose("transformer.bufferSizeMb", size, rules.transformBufferSizeMb)
    .choose("transformer.bufferIntervalSeconds", interval, rules.transformBufferIntervalSeconds)
    .choose("transformer.retries", retries, rules.transformRetries);
  checkTogether(size, interval, checks);
  const numbers = [
    { parameterName: "BufferSizeInMBs", value: size, awsDefault: AWS_DEFAULTS.size },
    { parameterName: "BufferIntervalInSeconds", value: interval, awsDefault: AWS_DEFAULTS.interval },
    { parameterName: "NumberOfRetries", value: retries, awsDefault: AWS_DEFAULTS.retries },
  ];
  return [
    { parameterName: "LambdaArn", parameterValue: lambdaArn },
    ...numbers
      .filter(({ value, awsDefault }) => value !== undefined && value !== awsDefault)
      .map(({ parameterName, value }) => ({ parameterName, parameterValue: String(value) })),
  ];
}

/** AWS wants both or neither; the provider forgets a default, so a default with another value for the other one never settles. */
function checkTogether(size: number | undefined, interval: number | undefined, checks: ValueChecks): void {
  if (size === undefined && interval === undefined) return;
  if (size === undefined || interval === undefined) {
    checks.refuse("transformer.bufferSizeMb and transformer.bufferIntervalSeconds must be given together, or neither");
  } else if ((size === AWS_DEFAULTS.size) !== (interval === AWS_DEFAULTS.interval)) {
    checks.refuse(
      `transformer.bufferSizeMb ${AWS_DEFAULTS.size} and transformer.bufferIntervalSeconds ${AWS_DEFAULTS.interval} are AWS's ` +
        "defaults, which the AWS provider forgets: give both or none of them (61 seconds, or 1.1 MB, will do)",
    );
  }
}
