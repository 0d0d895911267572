/** The role by which API Gateway writes to CloudWatch Logs, of which an account has one in each region. */
import {
  ApiGatewayAccount,
  DataAwsIamPolicyDocument,
  DataAwsPartition,
  IamRole,
  IamRolePolicyAttachment,
} from "../aws";
import { Annotations, Construct } from "../cdk";
import { pinned } from "../addresses";
import type { IamProps } from "../pipeline/service-role";
import { rules } from "../rules";
import { ValueChecks } from "../value-checks";

export interface ApiGatewayLogRoleProps extends IamProps {
  /** Partition, such as `aws-cn`. Default: that of the provider's region. */
  readonly partition?: string;
  readonly tags?: { [key: string]: string };
}

/**
 * Sets the CloudWatch role of API Gateway for the whole account in the provider's region. WebSocket stages (and REST
 * stages that log to CloudWatch Logs, which those of this package do not) are refused access logging without one; HTTP
 * stages need none.
 *
 * It is a setting that everybody in the account and region shares: one that is there already is replaced, without a
 * word, and a second `aws_api_gateway_account` elsewhere would replace this one. On destroy version 6 of the AWS provider
 * clears the setting, and version 5 leaves in it the name of a role that is no more: either way nobody's WebSocket stages
 * log then. So make it once, in the stack that outlives the others, and only where nobody has made one.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export class ApiGatewayLogRole extends Construct {
  readonly arn: string;
  /** Depend on this where API Gateway must have the role. */
  readonly account: ApiGatewayAccount;

  /** @throws InvalidValueError if `path` or `permissionsBoundary` is malformed */
  constructor(scope: Construct, id: string, props: ApiGatewayLogRoleProps = {}) {
    super(scope, id);
    const partition = props.partition ?? pinned(new DataAwsPartition(this, "partition")).partition;
    const trust = pinned(
      new DataAwsIamPolicyDocument(this, "trust", {
        statement: [
          {
            actions: ["sts:AssumeRole"],
            principals: [{ type: "Service", identifiers: ["apigateway.amazonaws.com"] }],
          },
        ],
      }),
    );
    const role = pinned(
      new IamRole(this, "Resource", {
        namePrefix: "api-gateway-logs-",
        description: "API Gateway: writes the logs of this account's APIs to CloudWatch Logs",
        path: props.path ?? "/",
        permissionsBoundary: props.permissionsBoundary,
        assumeRolePolicy: trust.json,
        tags: props.tags,
        lifecycle: new ValueChecks(this.node.path)
          .check("path", props.path, rules.iamPath)
          .checkIfGiven("permissionsBoundary", props.permissionsBoundary, rules.policyArn)
          .lifecycle(),
      }),
    );
    // API Gateway looks at the role when it is set, and wants what this policy of AWS's own allows.
    const policy = pinned(
      new IamRolePolicyAttachment(this, "policy", {
        role: role.name,
        policyArn: `arn:${partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
      }),
    );
    this.account = pinned(new ApiGatewayAccount(this, "account", { cloudwatchRoleArn: role.arn, dependsOn: [policy] }));
    this.arn = role.arn;
    Annotations.of(this).addWarning(
      "sets the CloudWatch role of API Gateway for everybody in this account and region, in place of one that is set; " +
        "when it is destroyed, nobody's WebSocket APIs can log there",
    );
  }
}
