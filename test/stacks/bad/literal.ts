import { App, TerraformStack, TerraformVariable } from "cdktf";
import { MoesifPipeline } from "cdktf-moesif-firehose";

const stack = new TerraformStack(new App(), "orders");
const isEnabled = new TerraformVariable(stack, "enabled", { type: "bool" });
new MoesifPipeline(stack, "moesif", {
  applicationId: { secretName: "moesif/application-id" },
  transformer: { enabled: isEnabled.booleanValue as unknown as boolean },
});
