/** How long a record is under way, by the buffers of its stream. */
import type { Block, ExpectedStack } from "./expected";
import { PIPELINE } from "./inspection";

/** Firehose's own, where the stack names none: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html */
const PROCESSING_DEFAULT_S = 60;

/** Moesif indexes, and CloudWatch counts, within about a minute. */
const AFTERWARDS_S = 60;

/** Seconds until Moesif can show a record that was put now. */
export function waitOf(stack: ExpectedStack): number {
  const endpoint = stack.one("aws_kinesis_firehose_delivery_stream", PIPELINE.stream)![
    "http_endpoint_configuration"
  ] as Block;
  const processing = endpoint["processing_configuration"] as {
    readonly enabled: boolean;
    readonly processors: readonly [Block];
  };
  const parameters = processing.processors[0]["parameters"] as readonly Block[];
  const interval = parameters.find((one) => one["parameter_name"] === "BufferIntervalInSeconds")?.["parameter_value"];
  const transforming = processing.enabled ? Number(interval ?? PROCESSING_DEFAULT_S) : 0;
  return transforming + Number(endpoint["buffering_interval"]) + AFTERWARDS_S;
}
