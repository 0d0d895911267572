/**
 * Applies rules to the properties of a construct: literals at once, plan-time values (variables, references) by
 * preconditions that Terraform evaluates before it touches the resource.
 */
import { type IResolvable, type TerraformResourceLifecycle, Token } from "./cdk";
import { accepts, condition, expectation, type Rule } from "./rules";
import { choose, isGiven, type Whether } from "./whether";

/** Thrown when literals given to a construct break rules; names every one of them. */
export class InvalidValueError extends Error {
  /**
   * @param construct path of the construct
   * @param problems one sentence for each broken rule
   */
  constructor(
    readonly construct: string,
    readonly problems: readonly string[],
  ) {
    super(`${construct}: ${problems.join("\n")}`);
    this.name = "InvalidValueError";
  }
}

/** Collects the checks of one construct; `lifecycle()` ends them. */
export class ValueChecks {
  readonly #problems: string[] = [];
  readonly #preconditions: { condition: IResolvable; errorMessage: string }[] = [];

  constructor(private readonly construct: string) {}

  /** Checks one property; an absent one is left to its default. A plan-time value may not be null. */
  check(property: string, value: string | number | undefined, rule: Rule): this {
    if (value === undefined) return this;
    const problem = `${property} must be ${expectation(rule)}`;
    if (Token.isUnresolved(value)) {
      this.#preconditions.push({ condition: condition(rule, value), errorMessage: `${problem} (${rule.because}).` });
    } else if (!accepts(rule, value)) {
      this.#problems.push(`${problem}, and is ${JSON.stringify(value)} (${rule.because})`);
    }
    return this;
  }

  /** A property that decides which resources or permissions there are may not be a token. */
  literal(property: string, value: unknown): this {
    return Token.isUnresolved(value)
      ? this.refuse(`${property} must be a literal: it decides which resources there are`)
      : this;
  }

  /** As {@link check} and {@link literal}. */
  choose(property: string, value: string | number | undefined, rule: Rule): this {
    return Token.isUnresolved(value) ? this.literal(property, value) : this.check(property, value, rule);
  }

  /** As {@link check}, of a property that as a plan-time value may be null: then it is absent. */
  checkIfGiven(property: string, value: string | undefined, rule: Rule): this {
    const given = isGiven(value);
    if (typeof given === "boolean") return this.check(property, value, rule);
    // Not `||`, of which Terraform 1.11 evaluates both sides.
    return this.require(
      choose<Whether>(given, condition(rule, value!), true) as IResolvable,
      `${property} must be ${expectation(rule)} (${rule.because}).`,
    );
  }

  /** A literal breaks a rule that is no `Rule`. */
  refuse(problem: string): this {
    this.#problems.push(problem);
    return this;
  }

  /** A condition between plan-time values. */
  require(condition: IResolvable, errorMessage: string): this {
    this.#preconditions.push({ condition, errorMessage });
    return this;
  }

  /** What must hold, whether it is known now or to Terraform alone. */
  demand(holds: Whether, problem: string): this {
    if (holds === true) return this;
    return holds === false ? this.refuse(problem) : this.require(holds, `${problem}.`);
  }

  /** @throws InvalidValueError if a literal broke a rule */
  end(): void {
    if (this.#problems.length > 0) throw new InvalidValueError(this.construct, this.#problems);
  }

  /**
   * The `lifecycle` block for the resource that the values are for.
   *
   * @throws InvalidValueError if a literal broke a rule
   */
  lifecycle(): TerraformResourceLifecycle | undefined {
    if (this.#problems.length > 0) throw new InvalidValueError(this.construct, this.#problems);
    return this.#preconditions.length > 0 ? { precondition: this.#preconditions } : undefined;
  }
}
