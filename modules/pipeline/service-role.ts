/** A role that one AWS service assumes, with one policy. */
import { DataAwsIamPolicyDocument, type DataAwsIamPolicyDocumentStatement, IamRole, IamRolePolicy } from "../aws";
import { Construct, Fn, type IResolvable } from "../cdk";
import { pinned } from "../addresses";
import { rules } from "../rules";
import { ValueChecks } from "../value-checks";
import { both, type Whether } from "../whether";

/** What an organisation demands of every role. */
export interface IamProps {
  /**
   * Path of the roles.
   *
   * @default "/"
   */
  readonly path?: string;
  /**
   * ARN of the policy that bounds what the roles may ever do. A plan-time value may be null.
   *
   * @default none
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
   */
  readonly permissionsBoundary?: string;
}

/** What a role may do; with `onlyIf`, if Terraform finds that the condition holds. */
export interface RoleStatement extends DataAwsIamPolicyDocumentStatement {
  readonly onlyIf?: IResolvable;
}

/** Statements that are there only if something holds, beside the conditions that they have already. */
export function allowIf(holds: Whether, statements: readonly RoleStatement[]): RoleStatement[] {
  return statements.flatMap((statement) => {
    const all = both(holds, statement.onlyIf ?? true);
    if (typeof all !== "boolean") return [{ ...statement, onlyIf: all }];
    return all ? [statement] : [];
  });
}

export interface ServiceRoleProps extends IamProps {
  /** Begin of the role's name, at most 37 characters; Terraform appends what makes it unique in the account. */
  readonly namePrefix: string;
  readonly description: string;
  /** The service that assumes the role, such as `firehose.amazonaws.com`. */
  readonly service: string;
  /** Conditions on who may assume the role. */
  readonly trustConditions?: DataAwsIamPolicyDocumentStatement["condition"];
  readonly statements: RoleStatement[];
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
      .checkIfGiven("permissionsBoundary", props.permissionsBoundary, rules.policyArn);

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
    const permissions = this.#permissions(props.statements);
    this.policy = pinned(
      new IamRolePolicy(this, "policy", { namePrefix: props.namePrefix, role: role.name, policy: permissions.json }),
    );
    this.arn = role.arn;
    this.name = role.name;
  }

  #permissions(statements: readonly RoleStatement[]): DataAwsIamPolicyDocument {
    const statement = statements.filter(({ onlyIf }) => onlyIf === undefined);
    const document = pinned(new DataAwsIamPolicyDocument(this, "permissions", { statement }));
    const conditional = statements.filter(({ onlyIf }) => onlyIf !== undefined);
    if (conditional.length > 0) document.addOverride("dynamic.statement", conditional.map(dynamicStatement));
    return document;
  }
}

/**
 * A statement in Terraform's own JSON: CDKTF has no dynamic blocks beside static ones of the same kind.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
 */
function dynamicStatement({ onlyIf, ...content }: RoleStatement) {
  return { for_each: Fn.conditional(onlyIf, [1], []), content };
}
