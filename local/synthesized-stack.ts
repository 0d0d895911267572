/**
 * What a synthesized stack says of its delivery stream, its transformer, its settings and its log group. The stack was
 * made from a rollout file by this package: it has the form that the constructs write, and only what they leave to AWS
 * has AWS's default here.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { messageOf, UsageError } from "../common/usage-error";

/** Firehose's buffering hints. */
export interface Buffering {
  readonly megabytes: number;
  readonly seconds: number;
}

/** The delivery stream as synthesized. */
export interface StreamDescription {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly contentEncoding: "NONE" | "GZIP";
  readonly buffering: Buffering;
  readonly retrySeconds: number;
  readonly backupMode: "FailedDataOnly" | "AllData";
  readonly commonAttributes: Readonly<Record<string, string>>;
  readonly backup: BackupDescription;
}

/** How the stream writes to its backup bucket. */
export interface BackupDescription {
  readonly prefix: string;
  readonly errorPrefix?: string;
  readonly compression: "UNCOMPRESSED" | "GZIP";
  readonly buffering: Buffering;
}

/** The Lambda processor of the stream and the function behind it. */
export interface ProcessorDescription {
  readonly buffering: Buffering;
  readonly retries: number;
  readonly function: FunctionDescription;
}

/** The transformer function as synthesized. */
export interface FunctionDescription {
  readonly name: string;
  readonly arn: string;
  /** Absolute path of the zip. */
  readonly zip: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
  /** The settings document that `SETTINGS_URL` points to. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** The subscription of a log group, as CloudWatch Logs names it in each envelope. */
export interface SubscriptionDescription {
  /** Name of the log group. */
  readonly logGroup: string;
  /** Name of the subscription filter. */
  readonly filter: string;
  /** Id of the account. */
  readonly owner: string;
}

/** One synthesized stack, ready to be run. */
export interface SynthesizedStack {
  readonly region: string;
  readonly stream: StreamDescription;
  /** Absent where processing is off. */
  readonly processor?: ProcessorDescription;
  /** Absent where no log group is subscribed to the stream. */
  readonly subscription?: SubscriptionDescription;
}

/** The part of the Terraform JSON that is read. */
interface TerraformJson {
  readonly provider: { readonly aws: readonly [{ readonly region: string; readonly allowed_account_ids: [string] }] };
  readonly resource: {
    readonly aws_kinesis_firehose_delivery_stream: Resources<{
      readonly name: string;
      readonly http_endpoint_configuration: EndpointBlock;
    }>;
    readonly aws_lambda_function?: Resources<FunctionBlock>;
    readonly aws_s3_object?: Resources<{ readonly content: string }>;
    readonly aws_cloudwatch_log_subscription_filter?: Resources<{
      readonly name: string;
      readonly log_group_name: string;
    }>;
  };
}

type Resources<Block> = Readonly<Record<string, Block>>;

interface EndpointBlock extends BufferingBlock {
  readonly url: string;
  readonly retry_duration?: number;
  readonly s3_backup_mode?: StreamDescription["backupMode"];
  readonly request_configuration?: {
    readonly content_encoding?: StreamDescription["contentEncoding"];
    readonly common_attributes?: readonly { readonly name: string; readonly value: string }[];
  };
  readonly s3_configuration: BufferingBlock & {
    readonly prefix?: string;
    readonly error_output_prefix?: string;
    readonly compression_format?: BackupDescription["compression"];
  };
  readonly processing_configuration?: {
    readonly enabled: boolean;
    readonly processors: readonly [
      { readonly parameters: readonly { readonly parameter_name: string; readonly parameter_value: string }[] },
    ];
  };
}

/** A stream's destinations share the names and the defaults of these two settings. */
interface BufferingBlock {
  readonly buffering_size?: number;
  readonly buffering_interval?: number;
}

interface FunctionBlock {
  readonly function_name: string;
  readonly filename: string;
  readonly handler: string;
  readonly timeout?: number;
  readonly memory_size?: number;
  readonly environment: { readonly variables: Readonly<Record<string, string>> };
}

/**
 * Reads the `cdk.tf.json` of a stack.
 *
 * @throws UsageError if it cannot be read
 */
export function readSynthesizedStack(file: string): SynthesizedStack {
  try {
    return new StackReader(file).stack;
  } catch (error) {
    throw new UsageError(`${file} cannot be read as a stack of this package: ${messageOf(error)}`);
  }
}

class StackReader {
  readonly #json: TerraformJson;
  readonly #directory: string;

  constructor(file: string) {
    this.#json = JSON.parse(readFileSync(file, "utf8")) as TerraformJson;
    this.#directory = dirname(file);
  }

  get stack(): SynthesizedStack {
    const [stream] = Object.values(this.#json.resource.aws_kinesis_firehose_delivery_stream);
    const { name, http_endpoint_configuration: endpoint } = stream!;
    return {
      region: this.#region,
      stream: this.#stream(this.#text(name), endpoint),
      processor: this.#processor(endpoint),
      subscription: this.#subscription(),
    };
  }

  /** Defaults: https://docs.aws.amazon.com/firehose/latest/APIReference/API_HttpEndpointDestinationConfiguration.html */
  #stream(name: string, endpoint: EndpointBlock): StreamDescription {
    const { request_configuration: request = {}, s3_configuration: backup } = endpoint;
    const attributes = request.common_attributes ?? [];
    return {
      name,
      arn: this.#arn("firehose", `deliverystream/${name}`),
      url: this.#text(endpoint.url),
      contentEncoding: request.content_encoding ?? "NONE",
      buffering: bufferingOf(endpoint),
      retrySeconds: endpoint.retry_duration ?? 300,
      backupMode: endpoint.s3_backup_mode ?? "FailedDataOnly",
      commonAttributes: Object.fromEntries(attributes.map((one) => [this.#text(one.name), this.#text(one.value)])),
      backup: {
        prefix: this.#text(backup.prefix ?? ""),
        errorPrefix: backup.error_output_prefix && this.#text(backup.error_output_prefix),
        compression: backup.compression_format ?? "UNCOMPRESSED",
        buffering: bufferingOf(backup),
      },
    };
  }

  /**
   * Defaults: 1 MB, 60 s and 3 retries
   * (https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html,
   * https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html).
   */
  #processor({ processing_configuration: processing }: EndpointBlock): ProcessorDescription | undefined {
    if (!processing?.enabled) return undefined;
    const { parameters } = processing.processors[0];
    const values = new Map(parameters.map((one) => [one.parameter_name, one.parameter_value]));
    const number = (name: string, byDefault: number) => Number(values.get(name) ?? byDefault);
    return {
      buffering: { megabytes: number("BufferSizeInMBs", 1), seconds: number("BufferIntervalInSeconds", 60) },
      retries: number("NumberOfRetries", 3),
      function: this.#function(),
    };
  }

  /** Defaults: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
  #function(): FunctionDescription {
    // A stage enrollment of the same stack has a function and a settings object of its own.
    const { resource } = this.#json;
    const block = this.#referenced(resource.aws_lambda_function!, resource.aws_kinesis_firehose_delivery_stream)!;
    const { variables } = block.environment;
    const name = this.#text(block.function_name);
    const settings = this.#referenced(resource.aws_s3_object ?? {}, variables);
    return {
      name,
      arn: this.#arn("lambda", `function:${name}`),
      zip: resolve(this.#directory, block.filename),
      handler: block.handler,
      timeoutSeconds: block.timeout ?? 3,
      memoryMegabytes: block.memory_size ?? 128,
      environment: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, this.#text(value)])),
      ...(settings && { settings: JSON.parse(this.#text(settings.content)) }),
    };
  }

  #subscription(): SubscriptionDescription | undefined {
    const [filter] = Object.values(this.#json.resource.aws_cloudwatch_log_subscription_filter ?? {});
    if (!filter) return undefined;
    return { logGroup: this.#text(filter.log_group_name), filter: this.#text(filter.name), owner: this.#accountId };
  }

  /** The one of these resources that a value names. */
  #referenced<Block>(resources: Resources<Block>, value: unknown): Block | undefined {
    const text = JSON.stringify(value);
    return Object.entries(resources).find(([name]) => new RegExp(`\\.${name}\\.`).test(text))?.[1];
  }

  get #region(): string {
    return this.#json.provider.aws[0].region;
  }

  get #accountId(): string {
    return this.#json.provider.aws[0].allowed_account_ids[0];
  }

  #arn(service: string, resource: string): string {
    const partition = /^cn-/.test(this.#region) ? "aws-cn" : /^us-gov-/.test(this.#region) ? "aws-us-gov" : "aws";
    return `arn:${partition}:${service}:${this.#region}:${this.#accountId}:${resource}`;
  }

  /** A text with its references resolved; `$${` and `%%{` are the escapes of `${` and `%{`. */
  #text(text: string): string {
    return text.replace(/\$\$\{|%%\{|\$\{([^}]*)\}/g, (whole, expression?: string) =>
      expression === undefined ? whole.slice(1) : this.#valueOf(expression),
    );
  }

  /** What is written in the same stack; what only AWS knows, such as an ARN, becomes a made-up text of its own. */
  #valueOf(expression: string): string {
    const [type = "", name = "", attribute = ""] = expression.split(".");
    const resources = this.#json.resource as unknown as Readonly<Record<string, Resources<Record<string, unknown>>>>;
    const value = resources[type]?.[name]?.[attribute];
    if (typeof value === "string") return this.#text(value);
    return `unknown-${createHash("sha256").update(expression).digest("hex").slice(0, 12)}`;
  }
}

function bufferingOf({ buffering_size: megabytes = 5, buffering_interval: seconds = 300 }: BufferingBlock): Buffering {
  return { megabytes, seconds };
}
