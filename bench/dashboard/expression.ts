/**
 * Metric math, as far as the dashboards of this package use it
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html). Anything else is refused.
 */

/** A value for each period; `undefined` where there is none. */
export type Series = readonly (number | undefined)[];

/** A series with what it is called. */
export interface Named {
  readonly label: string;
  readonly values: Series;
}

/** A number, a series, or several. */
export type Value = number | Series | readonly Named[];

/** What an expression can refer to. */
export interface Scope {
  readonly periods: number;
  /** Series by their ids. */
  readonly series: (id: string) => Series;
  readonly periodOf: (id: string) => number;
  readonly search: (query: string, statistic: string, seconds: number) => readonly Named[];
}

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|'((?:[^'])*)'|([-+*/(),[\]]))/y;

/** Evaluates an expression. */
export function evaluate(text: string, scope: Scope): Value {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const found = TOKEN.exec(text);
    if (!found) throw new Error(`cannot read the expression ${text}`);
    tokens.push(found[3] === undefined ? found[0].trim() : `'${found[3]}`);
  }
  const value = new Parser(tokens, scope).sum();
  if (tokens.length > 0) throw new Error(`${tokens[0]} is not expected in the expression ${text}`);
  return value;
}

class Parser {
  constructor(
    private readonly tokens: string[],
    private readonly scope: Scope,
  ) {}

  sum(): Value {
    let left = this.#product();
    while (this.tokens[0] === "+" || this.tokens[0] === "-") {
      const isSum = this.tokens.shift() === "+";
      left = combined(left, this.#product(), (a, b) => (isSum ? a + b : a - b));
    }
    return left;
  }

  #product(): Value {
    let left = this.#factor();
    while (this.tokens[0] === "*" || this.tokens[0] === "/") {
      const isProduct = this.tokens.shift() === "*";
      left = combined(left, this.#factor(), (a, b) => (isProduct ? a * b : a / b));
    }
    return left;
  }

  #factor(): Value {
    const token = this.tokens.shift() ?? "the end";
    if (token === "(") return this.#closed(")");
    if (token === "[") return this.#list("]").map((one, index) => ({ label: `${index}`, values: seriesOf(one) }));
    if (/^\d/.test(token)) return Number(token);
    if (/^[A-Z_]+$/.test(token)) return this.#call(token);
    if (/^[a-z]\w*$/.test(token)) return this.scope.series(token);
    throw new Error(`${token} is not expected in an expression`);
  }

  #closed(end: string): Value {
    const value = this.sum();
    this.#take(end);
    return value;
  }

  #list(end: string): Value[] {
    const values = [this.sum()];
    while (this.tokens[0] === ",") {
      this.tokens.shift();
      values.push(this.sum());
    }
    this.#take(end);
    return values;
  }

  #call(name: string): Value {
    this.#take("(");
    if (name === "SEARCH") {
      const [query = "", , statistic = "", , seconds = "", end] = this.tokens.splice(0, 6);
      if (end !== ")") throw new Error("SEARCH takes a query, a statistic and a period");
      return this.scope.search(query.slice(1), statistic.slice(1), Number(seconds));
    }
    if (name === "PERIOD") {
      const id = this.tokens.shift()!;
      this.#take(")");
      return this.scope.periodOf(id);
    }
    const argument = this.#closed(")");
    if (name === "MAX") return greatest(argument as readonly Named[], this.scope.periods);
    if (name === "METRIC_COUNT") return (argument as readonly Named[]).length;
    if (name === "TIME_SERIES") return Array.from({ length: this.scope.periods }, () => argument as number);
    throw new Error(`${name} is no function that a dashboard of this package uses`);
  }

  #take(token: string): void {
    if (this.tokens.shift() !== token) throw new Error(`${token} is missing in an expression`);
  }
}

function seriesOf(value: Value): Series {
  if (typeof value === "number") throw new Error("a list is one of series");
  return value as Series;
}

function greatest(all: readonly Named[], periods: number): Series {
  return Array.from({ length: periods }, (_, index) => {
    const values = all.map(({ values }) => values[index]).filter((one) => one !== undefined);
    return values.length === 0 ? undefined : Math.max(...values);
  });
}

/** A missing value counts as 0 where the other is there; a division by zero gives none. */
function combined(left: Value, right: Value, combine: (left: number, right: number) => number): Value {
  if (typeof left === "number" && typeof right === "number") return combine(left, right);
  const length = Math.max(lengthOf(left), lengthOf(right));
  return Array.from({ length }, (_, index) => {
    const [a, b] = [at(left, index), at(right, index)];
    if (a === undefined && b === undefined) return undefined;
    if (typeof left === "number" && b === undefined) return undefined;
    if (typeof right === "number" && a === undefined) return undefined;
    const result = combine(a ?? 0, b ?? 0);
    return Number.isFinite(result) ? result : undefined;
  });
}

function lengthOf(value: Value): number {
  return typeof value === "number" ? 0 : value.length;
}

function at(value: Value, index: number): number | undefined {
  return typeof value === "number" ? value : (value as Series)[index];
}
