/**
 * What a rollout file deploys, as Terraform gets it: the stacks are synthesized, and read back. So nothing that the
 * constructs decide is decided a second time.
 */
import {
  bypassingStacks,
  type RolloutStages,
  rolloutSettings,
  rolloutStages,
  type TransformerSettings,
} from "../../modules";
import { type TerraformJson, terraformJsonOf } from "../stacks";

/** A block of Terraform JSON. */
export type Block = Readonly<Record<string, unknown>>;

/** What is expected of one account and region. */
export interface Expected {
  readonly target: RolloutStages;
  readonly settings: TransformerSettings;
  /** Whether records bypass the transformer. */
  readonly bypassed: boolean;
  readonly stack: ExpectedStack;
}

/**
 * The targets of a rollout file, with what is expected of each.
 *
 * @throws RolloutError with every issue of the file
 */
export function expectedOf(file: string, onWarning: (warning: string) => void): Expected[] {
  const targets = rolloutStages(file, onWarning);
  const settings = rolloutSettings(file);
  const bypassing = bypassingStacks(file);
  const stacks = terraformJsonOf(file);
  return targets.map((target) => ({
    target,
    settings: settings.get(target.stackName)!,
    bypassed: bypassing.has(target.stackName),
    stack: new ExpectedStack(target, stacks.get(target.stackName)!),
  }));
}

/** A synthesized stack, in which references are replaced by what they refer to. */
export class ExpectedStack {
  /** What only AWS knows, by reference, such as `aws_iam_role.pipeline_delivery_role.arn`. */
  readonly #found = new Map<string, string>();

  constructor(
    readonly target: Pick<RolloutStages, "accountId" | "region" | "partition">,
    readonly json: Pick<TerraformJson, "resource" | "data">,
  ) {}

  /** The resources of a type, by their names. */
  all(type: string): readonly (readonly [name: string, block: Block])[] {
    return Object.entries(this.json.resource[type] ?? {});
  }

  /** One resource. */
  one(type: string, name: string): Block | undefined {
    return this.json.resource[type]?.[name];
  }

  /** Keeps what AWS says of an attribute that Terraform does not know before it applies. */
  found(reference: string, value: string): void {
    this.#found.set(reference, value);
  }

  /** Where a text refers to exactly one resource, its type and name. */
  referred(value: unknown): { readonly type: string; readonly name: string } | undefined {
    const [, type, name] = /^\$\{(?:data\.)?([a-z0-9_]+)\.([a-z0-9_]+)\.\w+\}/.exec(String(value)) ?? [];
    return type === undefined ? undefined : { type, name: name! };
  }

  /** A value without references, at any depth; `undefined` where one refers to what is unknown. */
  value(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((part) => this.value(part));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, this.value(part)]));
  }

  /** A text without references. `$${` and `%%{` are the escapes of `${` and `%{`. */
  text(text: unknown): string | undefined {
    if (typeof text !== "string") return undefined;
    let isKnown = true;
    const resolved = text.replace(/\$\$\{|%%\{|\$\{(jsonencode\()?([\w.]+)\)?\}/g, (whole, json, reference) => {
      if (reference === undefined) return whole.slice(1);
      const value = this.#referenceTo(reference);
      isKnown &&= value !== undefined;
      return json === undefined ? (value ?? "") : JSON.stringify(value ?? "");
    });
    return isKnown ? resolved : undefined;
  }

  #referenceTo(reference: string): string | undefined {
    const known = this.#found.get(reference);
    if (known !== undefined) return known;
    const [type = "", name = "", attribute = ""] = reference.replace(/^data\./, "").split(".");
    const block = (reference.startsWith("data.") ? this.json.data : this.json.resource)?.[type]?.[name];
    if (block === undefined) return undefined;
    if (attribute === "arn") return this.#arn(type, name, block);
    return this.text(block[attribute]);
  }

  /** Of resources whose ARN follows from their name. */
  #arn(type: string, name: string, block: Block): string | undefined {
    const text = (key: string) => this.text(block[key]);
    const { partition, region, accountId } = this.target;
    const inRegion = (service: string, resource: string) =>
      `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
    switch (type) {
      case "aws_kinesis_firehose_delivery_stream":
        return inRegion("firehose", `deliverystream/${text("name")}`);
      case "aws_lambda_function":
        return inRegion("lambda", `function:${text("function_name")}`);
      case "aws_cloudwatch_log_group":
        return inRegion("logs", `log-group:${text("name")}`);
      case "aws_cloudwatch_log_stream":
        return inRegion("logs", `log-group:${text("log_group_name")}:log-stream:${text("name")}`);
      case "aws_sqs_queue": {
        const queue = text("name");
        return queue === undefined ? undefined : inRegion("sqs", queue);
      }
      case "aws_s3_bucket": {
        const bucket = this.#referenceTo(`${type}.${name}.bucket`);
        return bucket === undefined ? undefined : `arn:${partition}:s3:::${bucket}`;
      }
      default:
        return undefined;
    }
  }
}
