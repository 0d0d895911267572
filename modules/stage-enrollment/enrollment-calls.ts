/**
 * Terraform's invocations of the enrollment function. Each plan asks what there is to do, which changes nothing; an apply
 * has it done if there is something.
 */
import { DataAwsLambdaInvocation, type LambdaFunction, LambdaInvocation } from "../aws";
import { type Construct, type ITerraformDependable, TerraformStack } from "../cdk";
import { pinned } from "../addresses";

export interface EnrollmentCallsProps {
  readonly function: LambdaFunction;
  /** In JSON, as Terraform completes it. */
  readonly enrollment: string;
  /** The permissions of the function, in place before each call. */
  readonly permissions: readonly ITerraformDependable[];
  /** What must exist while a stage is enrolled, and until it is restored. */
  readonly prerequisites: readonly ITerraformDependable[];
}

/** @returns the invocation that sets the stages */
export function enrollmentCalls(scope: Construct, props: EnrollmentCallsProps): LambdaInvocation {
  const check = checkCall(scope, props);
  const enroll = enrollCall(scope, check, restoreCall(scope, check, props), props);
  showWarnings(scope, check);
  return enroll;
}

/**
 * Asks the function at each plan; while the function or its permissions change, at the apply. Listed stages that are in
 * conflict or missing stop the plan, or the apply before any stage is set.
 */
function checkCall(scope: Construct, props: EnrollmentCallsProps): DataAwsLambdaInvocation {
  return pinned(
    new DataAwsLambdaInvocation(scope, "check", {
      functionName: props.function.functionName,
      input: `{"check":${props.enrollment}}`,
      dependsOn: [...props.permissions],
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
 * Restores everything at destroy. If the first call of {@link enrollCall} fails, Terraform does not keep it in the state,
 * although stages may have been set: this call, which does nothing at create, is in the state by then.
 */
function restoreCall(scope: Construct, check: DataAwsLambdaInvocation, props: EnrollmentCallsProps): LambdaInvocation {
  return pinned(
    new LambdaInvocation(scope, "restore", {
      functionName: props.function.functionName,
      input: JSON.stringify({ restore: true }),
      lifecycleScope: "CRUD",
      dependsOn: [check, ...props.permissions, ...props.prerequisites],
    }),
  );
}

/**
 * Sets and restores stages. The number of the check's run is in the input: it is new if there is something to do, so that
 * a failed call is repeated although Terraform keeps its input as applied. What could not be done with a listed or a
 * removed stage is an error of that apply; at later plans the check reports it, and not the answer in the state.
 */
function enrollCall(
  scope: Construct,
  check: DataAwsLambdaInvocation,
  restore: LambdaInvocation,
  props: EnrollmentCallsProps,
): LambdaInvocation {
  const answer = `jsondecode(${check.fqn}.result)`;
  const isDue = `anytrue([for stage in ${answer}.stages : contains(["enrolled", "restored"], stage.result)])`;
  return pinned(
    new LambdaInvocation(scope, "enroll", {
      functionName: props.function.functionName,
      input: `{"enroll":${props.enrollment},"run":\${${answer}.run}}`,
      lifecycleScope: "CRUD",
      dependsOn: [restore, ...props.permissions, ...props.prerequisites],
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

/** Shows problems that do not stop the plan as warnings in each plan. */
function showWarnings(scope: Construct, check: DataAwsLambdaInvocation): void {
  const warnings = `jsondecode(${check.fqn}.result).warnings`;
  TerraformStack.of(scope).addOverride(`check.${check.friendlyUniqueId}`, {
    assert: [{ condition: `\${length(${warnings}) == 0}`, error_message: `\${join("\\n", ${warnings})}` }],
  });
}
