import { App, TerraformStack } from "cdktf";
import { ApplicationId } from "cdktf-moesif-firehose";

const stack = new TerraformStack(new App(), "orders");
new ApplicationId(stack, "application.id", { secretName: "moesif/application-id" });
new ApplicationId(stack, "application:id", { secretName: "moesif/application-id" });
