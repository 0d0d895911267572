/** Checks what constructs are given: literals when a construct is made. Tokens pass unchecked, unless a literal is required. */
import type { z } from "zod";
import { Annotations, type Construct, TerraformStack, Token } from "../cdk";
import { awsLimits, MAX_TAGS } from "./aws";
import { describeIssue, type Issue, issuesOf, type Path, valueAt } from "./issue";
import { isPlain } from "./valid-subset";
import { type Limit, texts, valueOf } from "./values";

/** Thrown when literals given to a construct are wrong. Its message names every one of them. */
export class InvalidValueError extends Error {
  declare readonly construct: string;
  declare readonly issues: readonly Issue[];

  /**
   * @param construct path of the construct
   * @param issues what is wrong, with paths from the properties of the construct
   */
  constructor(construct: string, issues: readonly Issue[]) {
    super(issues.map((issue) => `${construct}: ${describeIssue(issue)}`).join("\n"));
    // Not enumerable, so that Node.js does not print them behind the message.
    Object.defineProperties(this, {
      name: { value: "InvalidValueError" },
      construct: { value: construct },
      issues: { value: issues },
    });
  }
}

/** Set on a stack of which the rollout file's reader has reported the warnings, with their positions. */
export const WARNINGS_REPORTED = "cdktf-moesif-firehose:warnings-reported";

/** Collects the issues of one construct; `end()` throws them. */
export class Checks {
  readonly issues: Issue[] = [];

  /** @param scope the construct, or its path, or the name of a function */
  constructor(private readonly scope: Construct | string) {}

  /** Checks a value by its limit, unless it is absent or a token. */
  value(property: string, value: unknown, limit: Limit): this {
    return this.schema(valueOf(limit), value, property.split("."));
  }

  /** Checks every property that a shape knows; others are ignored. */
  properties(shape: Readonly<Record<string, z.ZodType>>, properties: object, at: Path = []): this {
    for (const [key, type] of Object.entries(shape)) {
      this.schema(type, (properties as Record<string, unknown>)[key], [...at, key]);
    }
    return this;
  }

  /** Checks a value by its schema, unless it is absent. Tokens in it pass. */
  schema(type: z.ZodType, value: unknown, at: Path): this {
    if (value === undefined || Token.isUnresolved(value)) return this;
    const { error } = type.safeParse(value);
    if (!error) return this;
    const root = at.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
    const found = error.issues.map((issue) => ({ ...issue, path: [...at, ...issue.path] }));
    this.issues.push(...issuesOf(found, { value: root }).filter(({ path }) => !isToken(root, path)));
    return this;
  }

  /** A property that decides which resources or permissions there are must not be a token. */
  literal(property: string, value: unknown): this {
    if (!Token.isUnresolved(value)) return this;
    return this.add({ id: "literal", path: property.split("."), ...TOKEN_REFUSED });
  }

  /** Checks the tags of AWS resources. */
  tags(tags: Readonly<Record<string, string>> | undefined): this {
    const count = Object.keys(tags ?? {}).length;
    if (count > MAX_TAGS && !Token.isUnresolved(tags)) this.add(tooMany(["tags"], count, MAX_TAGS));
    return this.schema(TAGS, tags, ["tags"]);
  }

  /** Adds an issue. */
  add(...issues: readonly Issue[]): this {
    this.issues.push(...issues);
    return this;
  }

  /** @throws InvalidValueError with every error; warnings become annotations of the construct */
  end(): void {
    if (this.issues.length === 0) return;
    const errors = this.issues.filter(({ severity }) => severity === undefined);
    const path = typeof this.scope === "string" ? this.scope : this.scope.node.path;
    if (errors.length > 0) throw new InvalidValueError(path, errors);
    if (typeof this.scope === "string" || TerraformStack.of(this.scope).node.tryGetContext(WARNINGS_REPORTED)) return;
    for (const warning of this.issues) Annotations.of(this.scope).addWarning(describeIssue(warning));
  }
}

const TAGS = texts(awsLimits.tagKey, awsLimits.tagValue, MAX_TAGS);

const TOKEN_REFUSED = {
  message: "this is a token, expected a literal",
  fix: "write a literal: it decides which resources, permissions or rules there are",
};

/** An issue of a map or list with too many entries. */
export function tooMany(path: Path, count: number, most: number): Issue {
  return { id: "too-many", path, message: `there are ${count} entries`, fix: `keep at most ${most}` };
}

/** Issues of tokens where only literals are allowed. */
export function tokensAt(value: unknown, literalOnly: RegExp, path: Path = []): Issue[] {
  if (Token.isUnresolved(value)) {
    return literalOnly.test(path.join(".")) ? [{ id: "literal", path, ...TOKEN_REFUSED }] : [];
  }
  if (!Array.isArray(value) && !isPlain(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    return tokensAt(inner, literalOnly, [...path, Array.isArray(value) ? Number(key) : key]);
  });
}

/** Whether a value, what it is in, or a key on the way to it is a token. */
export function isToken(root: unknown, path: Path): boolean {
  return path.some(
    (key, index) => Token.isUnresolved(key) || Token.isUnresolved(valueAt(root, path.slice(0, index + 1))),
  );
}
