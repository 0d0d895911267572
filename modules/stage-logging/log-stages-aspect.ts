/** Access logging of every stage in the pipeline's own stack, as an aspect. */
import { Annotations, type IAspect, type IConstruct, TerraformStack } from "../cdk";
import type { MoesifPipeline } from "../pipeline/moesif-pipeline";
import { carryOut, type LogStagesOptions, outcomeFor } from "./log-stages";
import { writtenStage } from "./written-stage";

/**
 * Does what `logStages` does, for stages in the pipeline's own stack, and also for those that are made after it was
 * attached. What it leaves alone it says by a warning.
 *
 * CDKTF calls aspects when the references between stacks are settled, so that a stage in another stack cannot log by an
 * aspect: synthesis fails then, and says so. It fails, too, if the aspect is never called, as CDKTF calls none that is
 * attached to an app. `logStages` can both.
 *
 * @example
 * Aspects.of(stack).add(new LogStagesAspect(pipeline));
 */
export class LogStagesAspect implements IAspect {
  readonly #stack: TerraformStack;
  #called = false;

  constructor(
    private readonly pipeline: MoesifPipeline,
    private readonly options: LogStagesOptions = {},
  ) {
    this.#stack = TerraformStack.of(pipeline);
    // Validations of a stack run behind its aspects.
    pipeline.node.addValidation({
      validate: () =>
        this.#called
          ? []
          : [
              "LogStagesAspect was never called: attach it to the pipeline's stack or to a construct in it (CDKTF calls no " +
                "aspect of an app), or call logStages(app, pipeline) before app.synth()",
            ],
    });
  }

  visit(node: IConstruct): void {
    const isHere = TerraformStack.of(node) === this.#stack;
    this.#called ||= isHere;
    const stage = writtenStage(node);
    if (stage === undefined) return;
    const outcome = outcomeFor(stage, this.pipeline, this.options);
    if (outcome.result === "left-alone") {
      Annotations.of(node).addWarning(`its access log does not go to Moesif: ${outcome.reason}`);
    } else if (outcome.result === "logged" && !isHere) {
      Annotations.of(node).addError(
        `LogStagesAspect cannot have it log: the pipeline is in the stack ${this.#stack.node.path}, and an aspect comes ` +
          "too late for references between stacks; call logStages(app, pipeline) before app.synth()",
      );
    } else {
      carryOut(outcome, stage, this.pipeline, this.options);
    }
  }
}
