/**
 * Terraform's calls of the enrollment function. Each plan asks what there is to do, which changes nothing; an apply has
 * it done where there is something.
 */
import { DataAwsLambdaInvocation, type LambdaFunction, LambdaInvocation } from "../aws";
import { type Construct, type ITerraformDependable, TerraformStack } from "../cdk";
import { pinned } from "../addresses";

export interface EnrollmentCallsProps {
  readonly function: LambdaFunction;
  /** In JSON, as Terraform completes it. */
  readonly enrollment: string;
  /** What the function may do: before every call this is in place. */
  readonly permissions: ITerraformDependable[];
  /** What is there as long as a stage is enrolled, and a moment longer. */
  readonly foundations: ITerraformDependable[];
}

/**
 * Asks the function at each plan, and while the function or its permissions change at the apply. That stages are in
 * conflict or missing stops the plan, or the apply before anything is set; mended outside, the next plan goes on.
 */
export function checkCall(scope: Construct, props: EnrollmentCallsProps): DataAwsLambdaInvocation {
  return pinned(
    new DataAwsLambdaInvocation(scope, "check", {
      functionName: props.function.functionName,
      input: `{"check":${props.enrollment}}`,
      dependsOn: [props.function, ...props.permissions],
      lifecycle: {
        postcondition: [
          {
            condition: "${length(jsondecode(self.result).problems) == 0}",
            errorMessage: '${join("\\n", jsondecode(self.result).problems)}',
          },
        ],
      },
    }),
  );
}

/**
 * Has everything given back at destroy. Where the first call of {@link enrollCall} breaks off, Terraform keeps nothing of
 * it, although stages may have been set: of this one, which does nothing until then, it knows.
 */
export function leaveCall(
  scope: Construct,
  check: DataAwsLambdaInvocation,
  props: EnrollmentCallsProps,
): LambdaInvocation {
  return pinned(
    new LambdaInvocation(scope, "leave", {
      functionName: props.function.functionName,
      input: JSON.stringify({ leave: true }),
      lifecycleScope: "CRUD",
      dependsOn: [check, props.function, ...props.permissions, ...props.foundations],
    }),
  );
}

/**
 * Has the stages set, set again, and given back. The number of the check's run stands in the input: a new one where
 * there is something to do, so that a call that failed is made again though Terraform holds its input for done. What
 * could not be done with a stage that is listed, or leaves, is an error of the apply that tried; at later plans, the
 * check knows better than the answer that is in the state.
 */
export function enrollCall(
  scope: Construct,
  check: DataAwsLambdaInvocation,
  leave: LambdaInvocation,
  props: EnrollmentCallsProps,
): LambdaInvocation {
  const asked = `jsondecode(${check.fqn}.result)`;
  const isDue = `anytrue([for stage in ${asked}.stages : contains(["enrolled", "restored"], stage.result)])`;
  return pinned(
    new LambdaInvocation(scope, "enroll", {
      functionName: props.function.functionName,
      input: `{"enroll":${props.enrollment},"run":\${${asked}.run}}`,
      lifecycleScope: "CRUD",
      dependsOn: [check, leave, props.function, ...props.permissions, ...props.foundations],
      lifecycle: {
        postcondition: [
          {
            condition: `\${length(jsondecode(self.result).problems) == 0 || !${isDue}}`,
            errorMessage: '${join("\\n", jsondecode(self.result).problems)}',
          },
        ],
      },
    }),
  );
}

/** Shows in each plan, as warnings, what is wrong with stages and keeps nobody from going on. */
export function showWarnings(scope: Construct, check: DataAwsLambdaInvocation): void {
  const warnings = `jsondecode(${check.fqn}.result).warnings`;
  TerraformStack.of(scope).addOverride(`check.${check.friendlyUniqueId}`, {
    assert: [{ condition: `\${length(${warnings}) == 0}`, error_message: `\${join("\\n", ${warnings})}` }],
  });
}
