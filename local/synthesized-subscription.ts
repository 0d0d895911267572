/** What a synthesized stack says of the log group whose events go to its delivery stream. */
import type { TerraformDocument } from "./terraform-json";

/** The subscription of a log group, as CloudWatch Logs names it in each envelope. */
export interface SubscriptionDescription {
  /** Name of the log group. */
  readonly logGroup: string;
  /** Name of the subscription filter. */
  readonly filter: string;
  /** Id of the account. */
  readonly owner: string;
}

const FILTER = "aws_cloudwatch_log_subscription_filter";

/**
 * The subscription that carries every event of a log group to the stream at `streamAddress`. A filter with a pattern is
 * passed over: which events it picks is not worked out here.
 */
export function readSubscription(
  document: TerraformDocument,
  streamAddress: string,
  owner: string,
): SubscriptionDescription | undefined {
  const streamType = streamAddress.split(".")[0]!;
  const found = document
    .resources(FILTER)
    .find(
      ({ block }) =>
        document.referenced(streamType, block["destination_arn"])?.address === streamAddress &&
        (document.optionalText(block["filter_pattern"]) ?? "") === "",
    );
  if (!found) return undefined;
  const { block, address } = found;
  return {
    logGroup: document.text(block["log_group_name"], `${address}.log_group_name`),
    filter: document.text(block["name"], `${address}.name`),
    owner,
  };
}
