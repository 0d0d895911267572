import { App, TerraformStack } from "cdktf";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { MoesifPipeline, widenAwsProvider } from "cdktf-moesif-firehose";

const app = new App();
const stack = new TerraformStack(app, "orders");
new AwsProvider(stack, "aws", { region: "eu-west-1" });
widenAwsProvider(stack);
new MoesifPipeline(stack, "moesif", { applicationId: { secretName: "moesif/application-id" } });
app.synth();
