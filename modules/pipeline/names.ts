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

/** The redrive function's name, and its queue's. */
export function redriveName(pipelineName: string): string {
  return `moesif-redrive-${pipelineName}`;
}

/** The name of the function that enrolls stages. */
export function enrollmentName(pipelineName: string): string {
  return `moesif-enroll-${pipelineName}`;
}
