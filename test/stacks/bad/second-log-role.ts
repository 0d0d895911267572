import { App, TerraformStack } from "cdktf";
import { ApiGatewayLogRole } from "cdktf-moesif-firehose";

const stack = new TerraformStack(new App(), "orders");
new ApiGatewayLogRole(stack, "log_role");
new ApiGatewayLogRole(stack, "another_log_role");
