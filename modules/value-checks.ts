/** Applies rules to the properties of a construct. Literals are checked when it is made; tokens pass unchecked. */
import { Token } from "./cdk";
import { accepts, expectation, MOST_TAGS, type Rule, rules } from "./rules";

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

/** Collects the checks of one construct; `end()` throws what they found. */
export class ValueChecks {
  readonly #problems: string[] = [];

  constructor(private readonly construct: string) {}

  /** Checks one property, unless it is absent or a token. */
  check(property: string, value: string | number | undefined, rule: Rule): this {
    if (value === undefined || Token.isUnresolved(value) || accepts(rule, value)) return this;
    return this.refuse(`${property} must be ${expectation(rule)}, and is ${JSON.stringify(value)} (${rule.because})`);
  }

  /** A property that decides which resources or permissions there are may not be a token. */
  literal(property: string, value: unknown): this {
    return Token.isUnresolved(value)
      ? this.refuse(`${property} must be a literal: it decides which resources there are`)
      : this;
  }

  /** As {@link check} and {@link literal}. */
  choose(property: string, value: string | number | undefined, rule: Rule): this {
    return this.literal(property, value).check(property, value, rule);
  }

  /** Checks the tags of AWS resources. */
  tags(tags: Readonly<Record<string, string>> = {}): this {
    if (Token.isUnresolved(tags)) return this;
    const entries = Object.entries(tags);
    if (entries.length > MOST_TAGS)
      this.refuse(`tags must have at most ${MOST_TAGS} entries, and has ${entries.length}`);
    for (const [key, value] of entries) {
      this.check("a key of tags", key, rules.tagKey).check(`tags[${JSON.stringify(key)}]`, value, rules.tagValue);
    }
    return this;
  }

  /** Adds a problem that no rule finds. */
  refuse(problem: string): this {
    this.#problems.push(problem);
    return this;
  }

  /** @throws InvalidValueError with every problem found */
  end(): void {
    if (this.#problems.length > 0) throw new InvalidValueError(this.construct, this.#problems);
  }
}
