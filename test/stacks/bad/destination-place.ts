import { App, TerraformStack } from "cdktf";
import { MoesifPipeline, restAccessLogSettings, StageEnrollment } from "cdktf-moesif-firehose";

const stack = new TerraformStack(new App(), "orders");
const pipeline = new MoesifPipeline(stack, "moesif", {
  applicationId: { secretName: "moesif/application-id" },
  region: "eu-west-1",
});
const arn = "arn:aws:firehose:us-east-1:111111111111:deliverystream/amazon-apigateway-moesif";
new StageEnrollment(stack, "enrollment", {
  pipeline,
  destinations: { REST: restAccessLogSettings({ arn }) },
  match: [{ tags: { moesif: "true" } }],
});
