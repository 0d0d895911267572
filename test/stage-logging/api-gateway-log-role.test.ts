/** The CloudWatch role of API Gateway, which the whole account shares. */
import { ApiGatewayLogRole, type ApiGatewayLogRoleProps } from "../../modules";
import { synthesize } from "../support/synth";

const withRole = (props?: ApiGatewayLogRoleProps) =>
  synthesize((stack) => void new ApiGatewayLogRole(stack, "log_role", props));

describe("the CloudWatch role of API Gateway", () => {
  const stack = withRole();

  it("stands at the addresses that were promised", () => {
    expect(stack.addresses()).toEqual([
      "aws_api_gateway_account.log_role_account",
      "aws_iam_role.log_role",
      "aws_iam_role_policy_attachment.log_role_policy",
      "data.aws_iam_policy_document.log_role_trust",
      "data.aws_partition.log_role_partition",
    ]);
  });

  it("is set once it may what API Gateway demands of it, in whichever partition", () => {
    expect(stack.resource("aws_api_gateway_account")).toEqual({
      cloudwatch_role_arn: "${aws_iam_role.log_role.arn}",
      depends_on: ["aws_iam_role_policy_attachment.log_role_policy"],
    });
    expect(stack.resource("aws_iam_role_policy_attachment")).toEqual({
      role: "${aws_iam_role.log_role.name}",
      policy_arn:
        "arn:${data.aws_partition.log_role_partition.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    });
  });

  it("is assumed by API Gateway alone", () => {
    expect(stack.data("aws_iam_policy_document").statement).toEqual([
      {
        actions: ["sts:AssumeRole"],
        principals: [{ type: "Service", identifiers: ["apigateway.amazonaws.com"] }],
      },
    ]);
  });

  it("warns that everybody in the account and region shares it", () => {
    expect(stack.warnings()).toEqual([expect.stringContaining("for everybody in this account and region")]);
  });

  it("is a role as the organisation demands", () => {
    const boundary = "arn:aws:iam::111111111111:policy/boundary";
    const role = withRole({ path: "/shared/", permissionsBoundary: boundary, tags: { team: "api" } });
    expect(role.resource("aws_iam_role")).toMatchObject({
      path: "/shared/",
      permissions_boundary: boundary,
      tags: { team: "api" },
    });
    expect(() => withRole({ path: "shared" })).toThrow("path must be a path that begins and ends with '/'");
  });
});
