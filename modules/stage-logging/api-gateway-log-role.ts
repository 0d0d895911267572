/** The role by which API Gateway writes to CloudWatch Logs; an account has one in each region. */
import { ApiGatewayAccount, DataAwsPartition, IamRole, IamRolePolicyAttachment } from "../aws";
import { Annotations, Construct, type TerraformProvider, TerraformStack } from "../cdk";
import { pinned, type ProviderProps, providerOf, provideTo } from "../addresses";
import type { IamProps } from "../pipeline/service-role";
import { trustJson } from "../policy";
import { Checks, InvalidValueError } from "../settings/checks";
import { iamDefaults, iamLimits } from "../settings/iam";
import { effectiveProvider, isSameLocation, locationOfProvider } from "./location";

/** Properties of the log role of API Gateway. */
export interface ApiGatewayLogRoleProps extends IamProps, ProviderProps {
  /**
   * Prefix of the role's name.
   *
   * @default none
   */
  readonly namePrefix?: string;
  /**
   * Partition, such as `aws-cn`.
   *
   * @default that of the provider's region, looked up by Terraform
   */
  readonly partition?: string;
  /** Tags of the role. */
  readonly tags?: { [key: string]: string };
}

/**
 * Sets the CloudWatch role of API Gateway for the account, in the provider's region. Without one, API Gateway refuses
 * access logging of WebSocket stages (and of REST stages that log to CloudWatch Logs, which those of this package do
 * not). HTTP stages need none.
 *
 * The account shares the setting: this construct replaces an existing one without a warning of AWS, and another
 * `aws_api_gateway_account` would replace this one. On destroy, version 6 of the AWS provider clears the setting, and
 * version 5 keeps the name of a deleted role in it: no WebSocket stage of the account can log then. Create it once, in a
 * stack that outlives the others, and only if the account has none.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export class ApiGatewayLogRole extends Construct {
  /** The role. */
  readonly resource: IamRole;
  /** ARN of the role. */
  readonly arn: string;
  /** Name of the role. */
  readonly name: string;
  /** Depend on this if API Gateway must have the role. */
  readonly account: ApiGatewayAccount;

  /**
   * @throws InvalidValueError if `path` or `permissionsBoundary` is malformed, or the app has another
   *   `ApiGatewayLogRole` of the same provider, or of the same account and region
   */
  constructor(scope: Construct, id: string, props: ApiGatewayLogRoleProps = {}) {
    super(scope, id);
    provideTo(this, props.provider);
    new Checks(this)
      .value("path", props.path, iamLimits.path)
      .value("permissionsBoundary", props.permissionsBoundary, iamLimits.policyArn)
      .tags(props.tags)
      .end();
    this.#refuseSecond();
    const partition = props.partition ?? pinned(new DataAwsPartition(this, "partition")).partition;
    const lifecycle = { createBeforeDestroy: true };
    this.resource = pinned(
      new IamRole(this, "Resource", {
        namePrefix: `${props.namePrefix ?? ""}api-gateway-logs-`,
        description: "API Gateway: writes the logs of this account's APIs to CloudWatch Logs",
        path: props.path ?? iamDefaults.path,
        permissionsBoundary: props.permissionsBoundary,
        assumeRolePolicy: trustJson("apigateway.amazonaws.com"),
        tags: props.tags,
        lifecycle,
      }),
    );
    this.arn = this.resource.arn;
    this.name = this.resource.name;
    // API Gateway checks the role when it is set, and demands the permissions of this AWS managed policy.
    const policy = pinned(
      new IamRolePolicyAttachment(this, "policy", {
        role: this.name,
        policyArn: `arn:${partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
        lifecycle,
      }),
    );
    this.account = pinned(new ApiGatewayAccount(this, "account", { cloudwatchRoleArn: this.arn, dependsOn: [policy] }));
    Annotations.of(this).addWarning(
      "sets the CloudWatch role of API Gateway for the whole account and region, and replaces an existing one; when it is " +
        "destroyed, no WebSocket API of the account can log",
    );
  }

  #refuseSecond(): void {
    const provider = this.#provider();
    const location = locationOfProvider(provider);
    const other = this.node.root.node.findAll().find((one) => {
      if (!(one instanceof ApiGatewayLogRole) || one === this) return false;
      const isInSameStack = TerraformStack.of(one) === TerraformStack.of(this);
      if (one.#provider() === provider && (provider !== undefined || isInSameStack)) return true;
      return isSameLocation(locationOfProvider(one.#provider()), location);
    });
    if (other === undefined) return;
    throw new InvalidValueError(this.node.path, [
      {
        id: "second-log-role",
        path: [],
        message: `${other.node.path} sets the CloudWatch role of this account and region already`,
        fix: "create one ApiGatewayLogRole for each account and region",
      },
    ]);
  }

  #provider(): TerraformProvider | undefined {
    return effectiveProvider(this, providerOf(this));
  }
}
