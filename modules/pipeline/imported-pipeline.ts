/** A pipeline, as far as stages need to know it. */
import type { Construct, TerraformProvider, TerraformResource } from "../cdk";
import type { AwsEnvironment } from "./aws-environment";

export interface IMoesifPipeline extends Construct {
  readonly environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">;
  readonly stream: { readonly arn: string };
  readonly provider?: TerraformProvider;
  /** The log group of HTTP and WebSocket stages. */
  stageLogGroup(): { readonly arn: string; readonly subscription?: TerraformResource };
}
