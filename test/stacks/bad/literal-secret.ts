import { App, TerraformStack } from "cdktf";
import { ApplicationId } from "cdktf-moesif-firehose";

const stack = new TerraformStack(new App(), "orders");
new ApplicationId(stack, "application_id", {
  createSecret: { name: "moesif/application-id", value: "the application id", version: 1 },
});
