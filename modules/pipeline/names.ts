/** Names that follow from a pipeline's name. */

/** API Gateway writes to streams of this name only. */
export const STREAM_NAME_PREFIX = "amazon-apigateway-";

/** The delivery stream's name. */
export function streamName(pipelineName: string): string {
  return `${STREAM_NAME_PREFIX}${pipelineName}`;
}

/** The transformer function's name. */
export function transformerName(pipelineName: string): string {
  return `moesif-transform-${pipelineName}`;
}
