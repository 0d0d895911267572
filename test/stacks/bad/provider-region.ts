import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import { MoesifPipeline } from "cdktf-moesif-firehose";

const stack = new TerraformStack(new App(), "orders");
new AwsProvider(stack, "aws", { region: "us-east-1" });
new MoesifPipeline(stack, "moesif", {
  applicationId: { secretName: "moesif/application-id" },
  region: "eu-west-1",
});
