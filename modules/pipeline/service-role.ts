/** A role that one AWS service assumes, with one policy. */
import { IamRole, IamRolePolicy } from "../aws";
import { Construct, Fn, Token } from "../cdk";
import { pinned } from "../addresses";
import { type PolicyCondition, policyJson, type PolicyStatement, trustJson } from "../policy";
import { Checks } from "../settings/checks";
import { iamDefaults, iamLimits } from "../settings/iam";

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
  /**
   * Prefix of the roles' names, at most 20 characters. Terraform appends a suffix that makes each name unique.
   *
   * @default "moesif-"
   */
  readonly namePrefix?: string;
}

/** IAM's limit for the prefix of a role's name, so that Terraform's suffix still fits. */
const LONGEST_PREFIX = 38;

/**
 * The prefix of a role's name: `<iam.namePrefix><purpose>-<pipeline>-`, cut to what IAM allows. A prefix and not a name,
 * so that a replaced role can be created before the old one is destroyed.
 */
export function roleNamePrefix(purpose: string, pipelineName: string, iam: IamProps | undefined): string {
  return `${cut(`${iam?.namePrefix ?? iamDefaults.namePrefix}${purpose}-${pipelineName}`, LONGEST_PREFIX - 1)}-`;
}

/** The first characters of a text, or of one that Terraform knows. CDKTF prints a literal 0 as `undefined`. */
export function cut(text: string, length: number): string {
  return Token.isUnresolved(text) ? Fn.substr(text, Fn.tonumber("0"), length) : text.slice(0, length);
}

/** Statements that are needed only under a condition. */
export function allowIf(holds: boolean, statements: readonly PolicyStatement[]): readonly PolicyStatement[] {
  return holds ? statements : [];
}

/**
 * The condition that a function of this account assumes the role.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-managed-policies.html
 */
export function ofAccount(accountId: string): PolicyCondition[] {
  return [{ test: "StringEquals", variable: "aws:SourceAccount", values: [accountId] }];
}

export interface ServiceRoleProps extends Pick<IamProps, "path" | "permissionsBoundary"> {
  /** See {@link roleNamePrefix}. */
  readonly namePrefix: string;
  /** Name of the inline policy. */
  readonly policyName: string;
  readonly description: string;
  /** The service that assumes the role, such as `firehose.amazonaws.com`. */
  readonly service: string;
  /** Conditions on who may assume the role. */
  readonly trustConditions?: readonly PolicyCondition[];
  readonly statements: readonly PolicyStatement[];
  readonly tags?: { [key: string]: string };
}

/** IAM role with its trust policy and one inline policy. */
export class ServiceRole extends Construct {
  readonly resource: IamRole;
  readonly arn: string;
  readonly name: string;
  /** Depend on this where the permissions must be there, not only the role. */
  readonly policy: IamRolePolicy;

  /** @throws InvalidValueError if `path` or `permissionsBoundary` is malformed */
  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    new Checks(this)
      .value("path", props.path, iamLimits.path)
      .value("permissionsBoundary", props.permissionsBoundary, iamLimits.policyArn)
      .end();
    this.resource = pinned(
      new IamRole(this, "Resource", {
        namePrefix: props.namePrefix,
        description: props.description,
        path: props.path ?? iamDefaults.path,
        permissionsBoundary: props.permissionsBoundary,
        assumeRolePolicy: trustJson(props.service, props.trustConditions),
        tags: props.tags,
        // A new path makes a new role, which has to be in use before the old one goes.
        lifecycle: { createBeforeDestroy: true },
      }),
    );
    this.arn = this.resource.arn;
    this.name = this.resource.name;
    this.policy = pinned(
      new IamRolePolicy(this, "policy", {
        name: props.policyName,
        role: this.name,
        policy: policyJson(props.statements),
        lifecycle: { createBeforeDestroy: true },
      }),
    );
  }
}
