/** The module of the role by which API Gateway writes logs, of which an account has one in each region. */
import type { App } from "../cdk";
import { ApiGatewayLogRole } from "../stage-logging/api-gateway-log-role";
import { iam, tags } from "./common-schema";
import { language } from "./language";
import { ModuleStack } from "./module-stack";

export function apiGatewayLogRoleModule(app: App): ModuleStack {
  const stack = new ModuleStack(app, "api-gateway-log-role", { schema: { iam, tags } }, language);
  const role = new ApiGatewayLogRole(stack, "api_gateway_log_role", {
    ...stack.section<{ path: string; permissionsBoundary: string }>("iam"),
    tags: stack.texts("tags"),
  });
  stack.output("role_arn", "ARN of the role, which API Gateway has.", role.arn, { dependsOn: [role.account] });
  return stack;
}
