import { App, TerraformStack } from "cdktf";
import { MoesifPipeline } from "cdktf-moesif-firehose";

const stack = new TerraformStack(new App(), "orders");
new MoesifPipeline(stack, "moesif", { applicationId: { secretName: "moesif/application-id" } });
new MoesifPipeline(stack, "events", { applicationId: { secretName: "moesif/application-id" }, output: "event" });
