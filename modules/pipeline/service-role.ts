/** A role that one AWS service assumes, with one policy. */
import { DataAwsIamPolicyDocument, type DataAwsIamPolicyDocumentStatement, IamRole, IamRolePolicy } from "../aws";
import { Construct } from "../cdk";
import { pinned } from "../addresses";
import { rules } from "../rules";
import { ValueChecks } from "../value-checks";

/** What an organisation demands of every role. */
export interface IamProps {
  /**
   * Path of the roles.
   *
   * @default "/"
   */
  readonly path?: string;
  /**
   * ARN of the policy that bounds what the roles may ever do.
   *
   * @default none
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
   */
  readonly permissionsBoundary?: string;
}

export interface ServiceRoleProps extends IamProps {
  /** Begin of the role's name, at most 37 characters; Terraform appends what makes it unique in the account. */
  readonly namePrefix: string;
  readonly description: string;
  /** The service that assumes the role, such as `firehose.amazonaws.com`. */
  readonly service: string;
  /** Conditions on who may assume the role. */
  readonly trustConditions?: DataAwsIamPolicyDocumentStatement["condition"];
  readonly statements: DataAwsIamPolicyDocumentStatement[];
  /** Checks of what the conditions were made from. */
  readonly checks?: ValueChecks;
  readonly tags?: { [key: string]: string };
}

/** IAM role with its trust and its one inline policy, which lives and dies with it. */
export class ServiceRole extends Construct {
  readonly arn: string;
  readonly name: string;
  /** Depend on this where the permissions must be there, not only the role. */
  readonly policy: IamRolePolicy;

  /** @throws InvalidValueError if `path` or `permissionsBoundary` is malformed */
  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    const checks = (props.checks ?? new ValueChecks(this.node.path))
      .check("path", props.path, rules.iamPath)
      .check("permissionsBoundary", props.permissionsBoundary, rules.policyArn);

    const trust = pinned(
      new DataAwsIamPolicyDocument(this, "trust", {
        statement: [
          {
            actions: ["sts:AssumeRole"],
            principals: [{ type: "Service", identifiers: [props.service] }],
            condition: props.trustConditions,
          },
        ],
      }),
    );
    const role = pinned(
      new IamRole(this, "Resource", {
        namePrefix: props.namePrefix,
        description: props.description,
        path: props.path ?? "/",
        permissionsBoundary: props.permissionsBoundary,
        assumeRolePolicy: trust.json,
        tags: props.tags,
        lifecycle: checks.lifecycle(),
      }),
    );
    const permissions = pinned(new DataAwsIamPolicyDocument(this, "permissions", { statement: props.statements }));
    this.policy = pinned(
      new IamRolePolicy(this, "policy", { namePrefix: props.namePrefix, role: role.name, policy: permissions.json }),
    );
    this.arn = role.arn;
    this.name = role.name;
  }
}
