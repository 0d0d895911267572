/** How the checks of `verify` read AWS: one thing after another, keeping what they find. */
import { isObject } from "../../common/json";
import { messageOf } from "../../common/usage-error";
import type { Check } from "../checks";
import type { Clients } from "./clients";
import type { Block, Expected, ExpectedStack } from "./expected";
import { sameJson } from "./policy";

/** Addresses of the resources that the checks begin with: they are a promise of the package. */
export const PIPELINE = {
  stream: "pipeline_delivery_stream",
  transformer: "pipeline_transformer",
  bucket: "pipeline_backup_bucket",
} as const;

/** The result of asking AWS for one thing. */
type Answer<T> =
  | { readonly value: T; readonly failure?: undefined }
  | {
      readonly value?: undefined;
      readonly failure: string;
      /** Of the error. */
      readonly name: string;
      readonly isMissing: boolean;
      readonly isDenied: boolean;
    };

const MISSING = /^(ResourceNotFound|NoSuch|NotFound|404)/;
const DENIED = /^(AccessDenied|UnauthorizedOperation|Forbidden|403)/;

export async function ask<T>(asked: Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await asked };
  } catch (error) {
    const { name = "", $metadata } = Object(error) as { name?: string; $metadata?: { httpStatusCode?: number } };
    const status = String($metadata?.httpStatusCode ?? "");
    const failure = `${name}: ${messageOf(error)}`;
    return { failure, name, isMissing: MISSING.test(name), isDenied: DENIED.test(name) || status === "403" };
  }
}

/** One account and region while it is checked. */
export class Inspection {
  readonly checks: Check[] = [];
  /** Whether a record would be worth sending. */
  streamIsActive = false;
  /** The environment of the transformer in AWS. */
  variables: Readonly<Record<string, string>> | undefined;
  /** The key of hashes, where there is one and it can be read. */
  hashKey: string | undefined;
  /** What to do where AWS differs from the rollout file. */
  readonly apply: string;

  constructor(
    readonly expected: Expected,
    readonly aws: Clients,
  ) {
    this.apply = `apply the stack ${expected.target.stackName}`;
  }

  get stack(): ExpectedStack {
    return this.expected.stack;
  }

  ok(id: string, subject: string): void {
    this.checks.push({ id, subject, result: "ok" });
  }

  problem(id: string, subject: string, cause: string, fix: string): void {
    this.checks.push({ id, subject, result: "problem", cause, fix });
  }

  /** What could not be checked. */
  unknown(id: string, subject: string, cause: string, permission?: string): void {
    const fix = permission === undefined ? undefined : `allow ${permission} to the role that checks`;
    this.checks.push({ id, subject, result: "unknown", cause, ...(fix !== undefined && { fix }) });
  }

  /** Takes an answer; says why there is none. */
  take<T>(
    id: string,
    subject: string,
    answer: Answer<T>,
    permission: string,
    missing: [string, string],
  ): T | undefined {
    if (answer.failure === undefined) return answer.value;
    if (answer.isMissing) this.problem(id, subject, ...missing);
    else this.unknown(id, subject, answer.failure, answer.isDenied ? permission : undefined);
    return undefined;
  }

  /** Compares one value, or several of one kind. */
  compare(id: string, subject: string, actual: unknown, expected: unknown, fix = this.apply): void {
    if (sameJson(actual, expected)) return this.ok(id, subject);
    const differences = differencesOf(actual, expected);
    this.problem(id, subject, differences.join("; "), fix);
  }

  /** Roles have names that Terraform makes: who uses one says which. */
  foundRole(reference: unknown, arn: string | undefined): void {
    const referred = this.stack.referred(reference);
    if (referred?.type !== "aws_iam_role" || arn === undefined) return;
    const name = arn.split("/").at(-1)!;
    const { name_prefix: prefix = "" } = this.stack.one(referred.type, referred.name)!;
    if (!name.startsWith(String(prefix))) return;
    this.stack.found(`aws_iam_role.${referred.name}.arn`, arn);
    this.stack.found(`aws_iam_role.${referred.name}.name`, name);
  }

  /** So has a bucket that the stack makes. */
  foundBucket(name: string | undefined): void {
    const { bucket_prefix: prefix } = this.stack.one("aws_s3_bucket", PIPELINE.bucket) ?? {};
    if (prefix === undefined || !name?.startsWith(String(prefix))) return;
    for (const attribute of ["bucket", "id"]) this.stack.found(`aws_s3_bucket.${PIPELINE.bucket}.${attribute}`, name);
  }

  environmentOf(name: string): Block {
    const block = this.stack.one("aws_lambda_function", name);
    return ((block?.["environment"] as Block)?.["variables"] ?? {}) as Block;
  }
}

/** AWS refuses to say even whether the stream is there. */
export class NoAccess extends Error {
  constructor(
    message: string,
    /** Of the error of the SDK. */
    override readonly name: string,
  ) {
    super(message);
  }
}

/** `url is "https://a", expected "https://b"`, for each part that differs. */
function differencesOf(actual: unknown, expected: unknown, path = ""): string[] {
  if (isObject(actual) && isObject(expected)) {
    return Object.keys(expected).flatMap((key) =>
      sameJson(actual[key], expected[key])
        ? []
        : differencesOf(actual[key], expected[key], path ? `${path} ${key}` : key),
    );
  }
  const shown = (value: unknown) => (value === undefined ? "not set" : JSON.stringify(value));
  if (expected === undefined) return [`${path} is ${shown(actual)}, and what it must be is missing in AWS`];
  return [`${path} is ${shown(actual)}, expected ${shown(expected)}`];
}
