/**
 * The parameters of the stream's Lambda processor, such that no plan differs for ever: the AWS provider forgets each
 * parameter that equals AWS's default when it reads the stream back
 * (https://github.com/hashicorp/terraform-provider-aws/issues/9827).
 */
import { Fn, type IResolvable, Op, Token } from "../cdk";
import { rules } from "../rules";
import type { ValueChecks } from "../value-checks";

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

/**
 * A dynamic block in Terraform's own JSON: CDKTF's iterators do not reach a block inside the list of processors.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
 */
export interface DynamicParameters {
  readonly for_each: IResolvable;
  readonly content: { readonly parameter_name: string; readonly parameter_value: string };
}

/** What AWS takes where nothing is said. */
export const AWS_DEFAULTS = { size: 1, interval: 60, retries: 3 } as const;

/**
 * Checks the buffering and gives the parameters: as a list where all is known, otherwise as a dynamic block, whose
 * length Terraform decides.
 */
export function transformParameters(
  lambdaArn: string,
  props: TransformBuffering,
  checks: ValueChecks,
): ProcessorParameter[] | DynamicParameters {
  const { bufferSizeMb: size, bufferIntervalSeconds: interval, retries } = props;
  checks
    .check("transformer.bufferSizeMb", size, rules.transformBufferSizeMb)
    .check("transformer.bufferIntervalSeconds", interval, rules.transformBufferIntervalSeconds)
    .check("transformer.retries", retries, rules.transformRetries);
  checkTogether(size, interval, checks);

  const numbers = [
    { name: "BufferSizeInMBs", value: size, awsDefault: AWS_DEFAULTS.size },
    { name: "BufferIntervalInSeconds", value: interval, awsDefault: AWS_DEFAULTS.interval },
    { name: "NumberOfRetries", value: retries, awsDefault: AWS_DEFAULTS.retries },
  ].flatMap(({ value, ...rest }) => (value === undefined || value === rest.awsDefault ? [] : [{ ...rest, value }]));

  return numbers.some(({ value }) => Token.isUnresolved(value))
    ? dynamicParameters(lambdaArn, numbers)
    : [
        { parameterName: "LambdaArn", parameterValue: lambdaArn },
        ...numbers.map(({ name, value }) => ({ parameterName: name, parameterValue: String(value) })),
      ];
}

/** AWS wants both or neither; the provider forgets a default, so one default beside one other value never settles. */
function checkTogether(size: number | undefined, interval: number | undefined, checks: ValueChecks): void {
  if (size === undefined && interval === undefined) return;
  if (size === undefined || interval === undefined) {
    checks.refuse("transformer.bufferSizeMb and transformer.bufferIntervalSeconds must be given together, or neither");
    return;
  }
  const problem =
    `transformer.bufferSizeMb ${AWS_DEFAULTS.size} and transformer.bufferIntervalSeconds ${AWS_DEFAULTS.interval} are AWS's ` +
    "defaults, which the AWS provider forgets: give both or none of them (61 seconds, or 1.1 MB, will do)";
  if (Token.isUnresolved(size) || Token.isUnresolved(interval)) {
    const sizeIsDefault = Op.eq(size, AWS_DEFAULTS.size);
    checks.require(Op.eq(sizeIsDefault, Op.eq(interval, AWS_DEFAULTS.interval)), `${problem}.`);
  } else if ((size === AWS_DEFAULTS.size) !== (interval === AWS_DEFAULTS.interval)) {
    checks.refuse(problem);
  }
}

/** One object for each parameter whose value is not AWS's default, as Terraform evaluates it. */
function dynamicParameters(
  lambdaArn: string,
  numbers: { name: string; value: number; awsDefault: number }[],
): DynamicParameters {
  const forEach = Fn.concat([
    [{ name: "LambdaArn", value: lambdaArn }],
    ...numbers.map(({ name, value, awsDefault }) =>
      Fn.conditional(Op.eq(value, awsDefault), [], [{ name, value: Fn.tostring(value) }]),
    ),
  ]);
  return {
    for_each: forEach as unknown as IResolvable,
    content: { parameter_name: "${parameters.value.name}", parameter_value: "${parameters.value.value}" },
  };
}
