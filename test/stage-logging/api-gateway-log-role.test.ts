/** The CloudWatch role of API Gateway, which the whole account shares. */
import { ApiGatewayLogRole, type ApiGatewayLogRoleProps } from "../../modules";
import { AwsProvider } from "../../modules/aws";
import type { TerraformProvider, TerraformStack } from "../../modules/cdk";
import { synthesize } from "../support/synth";
import { app, stackIn } from "./app";

const withRole = (props?: ApiGatewayLogRoleProps) =>
  synthesize((stack) => void new ApiGatewayLogRole(stack, "log_role", props));

describe("the CloudWatch role of API Gateway", () => {
  const stack = withRole();

  it("stands at the addresses that were promised", () => {
    expect(stack.addresses()).toEqual([
      "aws_api_gateway_account.log_role_account",
      "aws_iam_role.log_role",
      "aws_iam_role_policy_attachment.log_role_policy",
      "data.aws_partition.log_role_partition",
    ]);
  });

  it("is set once it may what API Gateway demands of it, in whichever partition", () => {
    expect(stack.resource("aws_api_gateway_account")).toEqual({
      cloudwatch_role_arn: "${aws_iam_role.log_role.arn}",
      depends_on: ["aws_iam_role_policy_attachment.log_role_policy"],
    });
    expect(stack.resource("aws_iam_role_policy_attachment")).toMatchObject({
      role: "${aws_iam_role.log_role.name}",
      policy_arn:
        "arn:${data.aws_partition.log_role_partition.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    });
  });

  it("is assumed by API Gateway alone", () => {
    expect(stack.trust("log_role")).toEqual([
      { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" },
    ]);
  });

  it("warns that everybody in the account and region shares it", () => {
    expect(stack.warnings()).toEqual([expect.stringContaining("for the whole account and region")]);
  });

  it("is a role as the organisation demands", () => {
    const boundary = "arn:aws:iam::111111111111:policy/boundary";
    const role = withRole({ path: "/shared/", permissionsBoundary: boundary, tags: { team: "api" } });
    expect(role.resource("aws_iam_role")).toMatchObject({
      path: "/shared/",
      permissions_boundary: boundary,
      tags: { team: "api" },
    });
    expect(() => withRole({ path: "shared" })).toThrow(
      "path: invalid value \"shared\"  [invalid-value]\n  fix: write a path that begins and ends with '/'",
    );
  });

  it("is one for each provider, which all of its resources have", () => {
    const two = synthesize((scope) => {
      new ApiGatewayLogRole(scope, "log_role");
      const provider = new AwsProvider(scope, "europe", { alias: "europe", region: "eu-west-1" });
      new ApiGatewayLogRole(scope, "europe_role", { provider });
    });
    const { data, resource } = two.json;
    const providers = Object.values<any>({ ...data, ...resource }).map(({ log_role: _, ...byName }) =>
      Object.entries<any>(byName).map(([name, { provider }]) => [name.startsWith("europe_role"), provider]),
    );
    expect(providers.flat()).toEqual(
      providers.flat().map(([isInEurope]) => [isInEurope, isInEurope ? "aws.europe" : undefined]),
    );
    expect(providers.flat().filter(([isInEurope]) => isInEurope)).toHaveLength(4);
  });

  it("is refused a second time for one provider", () => {
    const second = (provider?: (scope: TerraformStack) => TerraformProvider | undefined) =>
      synthesize((scope) => {
        new ApiGatewayLogRole(scope, "log_role");
        new ApiGatewayLogRole(scope, "other", { provider: provider?.(scope) });
      });
    const message = "test/log_role sets the CloudWatch role of this account and region already";
    expect(() => second()).toThrow(message);
    expect(() => second((scope) => scope.node.findChild("aws") as TerraformProvider)).toThrow(message);
  });

  it("is refused a second time for one account and region, whatever the stack", () => {
    const inStacks = (region: string) => () => {
      const shop = app();
      for (const [name, of] of [["one", "us-east-1"] as const, ["other", region] as const]) {
        new ApiGatewayLogRole(stackIn(shop, name, { region: of, allowedAccountIds: ["111111111111"] }), "log_role");
      }
    };
    expect(inStacks("us-east-1")).toThrow("one/log_role sets the CloudWatch role of this account and region already");
    expect(inStacks("eu-west-1")).not.toThrow();
  });
});
