/**
 * Permissions on stages, in policies that are made anew where their content changes: the one that was there goes last. A
 * stage that leaves the list gets back what it had by a call that comes between the two.
 */
import {
  DataAwsIamPolicyDocument,
  type DataAwsIamPolicyDocumentStatement,
  IamPolicy,
  IamRolePolicyAttachment,
} from "../aws";
import { type Construct, Fn } from "../cdk";
import { pinned } from "../addresses";
import { hcl, hclValue } from "../hcl";
import type { IamProps, ServiceRole } from "../pipeline/service-role";
import { POLICY_CHARACTERS } from "./stage-grants";

export interface StagePolicyProps extends Pick<IamProps, "path"> {
  readonly role: Pick<ServiceRole, "name">;
  readonly tags?: { [key: string]: string };
}

/** The policy at an index, of statements that are known. */
export function stagePolicy(
  scope: Construct,
  index: number,
  statement: DataAwsIamPolicyDocumentStatement[],
  props: StagePolicyProps,
): IamRolePolicyAttachment {
  const { json } = pinned(new DataAwsIamPolicyDocument(scope, `stages_${index}_permissions`, { statement }));
  const name = `${index}-${Fn.substr(Fn.sha256(json), 1, 16)}`;
  const policy = managedPolicy(scope, `stages_${index}`, { ...props, name, policy: json });
  return attachment(scope, `stages_${index}_attachment`, props, policy.arn);
}

/**
 * All policies of which Terraform alone knows how many there are.
 *
 * @param policies reference to an object with the JSON of each
 */
export function stagePolicies(scope: Construct, policies: string, props: StagePolicyProps): IamRolePolicyAttachment {
  const policy = managedPolicy(scope, "stages", {
    ...props,
    name: "${each.key}-${substr(sha256(each.value), 1, 16)}",
    policy: hcl("each.value"),
  });
  policy.addOverride("for_each", hcl(policies));
  policy.addOverride("lifecycle.precondition", [
    {
      condition: hclValue(`length(each.value) <= ${POLICY_CHARACTERS}`),
      error_message:
        "stages has too many, or too long names, for each to be named in the role: its policy ${each.key} would have " +
        `\${length(each.value)} characters, and IAM takes ${POLICY_CHARACTERS}; find stages by \`match\`, for which one ` +
        "policy is enough",
    },
  ]);
  const attached = attachment(scope, "stages_attachment", props, hcl(`${referenceTo(policy)}[each.key].arn`));
  attached.addOverride("for_each", hcl(policies));
  return attached;
}

const LIFECYCLE = { createBeforeDestroy: true };

function managedPolicy(
  scope: Construct,
  id: string,
  { name, policy, path = "/", tags }: StagePolicyProps & { readonly name: string; readonly policy: string },
): IamPolicy {
  return pinned(
    new IamPolicy(scope, id, {
      namePrefix: `moesif-enroll-${name}-`,
      description: "Stages of API Gateway that the enrollment for Moesif may look at and set",
      path,
      policy,
      tags,
      lifecycle: LIFECYCLE,
    }),
  );
}

function attachment(scope: Construct, id: string, { role }: StagePolicyProps, policyArn: string) {
  const lifecycle = LIFECYCLE;
  return pinned(new IamRolePolicyAttachment(scope, id, { role: role.name, policyArn, lifecycle }));
}

function referenceTo({ terraformResourceType, friendlyUniqueId }: IamPolicy): string {
  return `${terraformResourceType}.${friendlyUniqueId}`;
}
