/** The schedule on which the enrollment function looks after the stages by itself. */
import { CloudwatchEventRule, CloudwatchEventTarget, type LambdaFunction, LambdaPermission } from "../aws";
import { Construct, type ITerraformDependable } from "../cdk";
import { pinned } from "../addresses";
import { rules } from "../rules";
import { ValueChecks } from "../value-checks";

export interface EnrollmentScheduleProps {
  /** Name of the pipeline. */
  readonly name: string;
  /** When the function is called, as an expression of EventBridge such as `rate(15 minutes)`. */
  readonly expression: string;
  /** The enrollment function, by its name and its ARN. */
  readonly function: Pick<LambdaFunction, "functionName" | "arn">;
  /**
   * The schedule begins behind this, and ends before it: the call by which stages are enrolled first.
   *
   * @default nothing
   */
  readonly dependsOn?: ITerraformDependable[];
  readonly tags?: { [key: string]: string };
}

export class EnrollmentSchedule extends Construct {
  /** @throws InvalidValueError if EventBridge does not know such an expression */
  constructor(scope: Construct, id: string, props: EnrollmentScheduleProps) {
    super(scope, id);
    const rule = pinned(
      new CloudwatchEventRule(this, "Resource", {
        name: `moesif-enroll-${props.name}`,
        description: "Looks after the API Gateway stages that are enrolled with Moesif",
        scheduleExpression: props.expression,
        tags: props.tags,
        dependsOn: props.dependsOn,
        lifecycle: new ValueChecks(this.node.path)
          .check("schedule", props.expression, rules.scheduleExpression)
          .lifecycle(),
      }),
    );
    const permission = pinned(
      new LambdaPermission(this, "permission", {
        functionName: props.function.functionName,
        action: "lambda:InvokeFunction",
        principal: "events.amazonaws.com",
        sourceArn: rule.arn,
      }),
    );
    pinned(
      new CloudwatchEventTarget(this, "target", {
        rule: rule.name,
        arn: props.function.arn,
        input: JSON.stringify({ lookAgain: true }),
        // The next time is near: an event that could not be delivered is of no use for long.
        retryPolicy: { maximumEventAgeInSeconds: 300, maximumRetryAttempts: 2 },
        dependsOn: [permission],
      }),
    );
  }
}
