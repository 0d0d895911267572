/** What a synthesized stack says of its delivery stream, its transformer and its settings. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { readSubscription, type SubscriptionDescription } from "./synthesized-subscription";
import { blockOf, blocksOf, TerraformDocument, type Block, type Resource } from "./terraform-json";
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
  /** Whether the stream has an access key, by secret or by value. */
  readonly hasAccessKey: boolean;
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
  readonly settings?: Block;
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

const STREAM = "aws_kinesis_firehose_delivery_stream";
const FUNCTION = "aws_lambda_function";
const OBJECT = "aws_s3_object";

/** Reads the `cdk.tf.json` of a stack. */
export function readSynthesizedStack(file: string): SynthesizedStack {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`${file} cannot be read as Terraform JSON: ${messageOf(error)}`);
  }
  const document = new TerraformDocument(json);
  const { address, block } = theOnlyStream(document, file);
  const place = placeOf(document);
  const endpoint = blockOf(block["http_endpoint_configuration"]) ?? {};
  return {
    region: place.region,
    stream: readStream(document, place, block, endpoint, address),
    processor: readProcessor(document, place, endpoint, dirname(file), `${address}.http_endpoint_configuration`),
    subscription: readSubscription(document, address, place.accountId),
  };
}

function theOnlyStream(document: TerraformDocument, file: string): { address: string; block: Block } {
  const streams = document.resources(STREAM).filter(({ block }) => block["http_endpoint_configuration"] !== undefined);
  const [stream] = streams;
  if (stream && streams.length === 1) return stream;
  throw new UsageError(
    `${file} holds ${streams.length} delivery streams with an HTTP endpoint; a local run needs one.`,
  );
}

/** Where a stack lives. It only shows in ARNs, so a place known at plan time alone gets a stand-in. */
class Place {
  constructor(
    readonly region: string,
    readonly accountId: string,
  ) {}

  arn(service: string, resource: string): string {
    const partition = /^cn-/.test(this.region) ? "aws-cn" : /^us-gov-/.test(this.region) ? "aws-us-gov" : "aws";
    return `arn:${partition}:${service}:${this.region}:${this.accountId}:${resource}`;
  }
}

function placeOf(document: TerraformDocument): Place {
  const provider = document.provider("aws");
  const accounts = provider["allowed_account_ids"];
  return new Place(
    document.textIfKnown(provider["region"]) ?? "us-east-1",
    document.textIfKnown(Array.isArray(accounts) ? accounts[0] : undefined) ?? "000000000000",
  );
}

/** Defaults: https://docs.aws.amazon.com/firehose/latest/APIReference/API_HttpEndpointDestinationConfiguration.html */
function readStream(
  document: TerraformDocument,
  place: Place,
  block: Block,
  endpoint: Block,
  address: string,
): StreamDescription {
  const where = `${address}.http_endpoint_configuration`;
  const name = document.text(block["name"], `${address}.name`);
  const request = blockOf(endpoint["request_configuration"]) ?? {};
  const mode = document.optionalKnownText(endpoint["s3_backup_mode"], `${where}.s3_backup_mode`);
  const encoding = document.optionalKnownText(request["content_encoding"], `${where}.content_encoding`);
  return {
    name,
    arn: place.arn("firehose", `deliverystream/${name}`),
    url: readUrl(document, endpoint, where),
    contentEncoding: encoding === "GZIP" ? "GZIP" : "NONE",
    buffering: readBuffering(document, endpoint, where),
    retrySeconds: document.number(endpoint["retry_duration"], `${where}.retry_duration`, 300),
    backupMode: mode === "AllData" ? "AllData" : "FailedDataOnly",
    commonAttributes: Object.fromEntries(
      blocksOf(request["common_attributes"]).map((attribute) => [
        document.text(attribute["name"], `${where}.common_attributes.name`),
        document.text(attribute["value"], `${where}.common_attributes.value`),
      ]),
    ),
    hasAccessKey: hasAccessKey(document, endpoint),
    backup: readBackup(document, blockOf(endpoint["s3_configuration"]) ?? {}, `${where}.s3_configuration`),
  };
}

/** "Only https destinations are supported" (https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html). */
function readUrl(document: TerraformDocument, endpoint: Block, where: string): string {
  const url = document.knownText(endpoint["url"], `${where}.url`);
  if (URL.canParse(url) && new URL(url).protocol === "https:") return url;
  throw new UsageError(`The stack cannot be run locally: ${where}.url is "${url}", which is not an https URL.`);
}

function hasAccessKey(document: TerraformDocument, endpoint: Block): boolean {
  const secret = blockOf(endpoint["secrets_manager_configuration"]);
  return (endpoint["access_key"] ?? undefined) !== undefined || document.textIfKnown(secret?.["enabled"]) === "true";
}

/** A stream's destinations share the names and the defaults of these two settings. */
function readBuffering(document: TerraformDocument, block: Block, where: string): Buffering {
  return {
    megabytes: document.number(block["buffering_size"], `${where}.buffering_size`, 5),
    seconds: document.number(block["buffering_interval"], `${where}.buffering_interval`, 300),
  };
}

function readBackup(document: TerraformDocument, block: Block, where: string): BackupDescription {
  const compression = document.optionalKnownText(block["compression_format"], `${where}.compression_format`);
  if (compression !== undefined && compression !== "UNCOMPRESSED" && compression !== "GZIP")
    throw new UsageError(
      `The stack cannot be run locally: ${where}.compression_format is ${compression}; it can be UNCOMPRESSED or GZIP.`,
    );
  return {
    prefix: document.optionalText(block["prefix"]) ?? "",
    errorPrefix: document.optionalText(block["error_output_prefix"]) || undefined,
    compression: compression ?? "UNCOMPRESSED",
    buffering: readBuffering(document, block, where),
  };
}

/**
 * Defaults: 1 MB, 60 s and 3 retries
 * (https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html,
 * https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html).
 */
function readProcessor(
  document: TerraformDocument,
  place: Place,
  endpoint: Block,
  directory: string,
  address: string,
): ProcessorDescription | undefined {
  const where = `${address}.processing_configuration`;
  const processing = blockOf(endpoint["processing_configuration"]);
  const [processor, ...others] = blocksOf(processing?.["processors"]);
  const enabled = document.optionalKnownText(processing?.["enabled"], `${where}.enabled`) === "true";
  if (!enabled) return undefined;
  if (processor?.["type"] !== "Lambda" || others.length > 0)
    throw new UsageError(`The stack cannot be run locally: ${where} may hold one processor, of the type Lambda.`);
  const parameters = new Map(
    blocksOf(processor["parameters"]).map((parameter) => [
      document.text(parameter["parameter_name"], `${where}.parameter_name`),
      parameter["parameter_value"],
    ]),
  );
  const number = (name: string, byDefault: number): number =>
    document.number(parameters.get(name), `${where}.${name}`, byDefault);
  return {
    buffering: { megabytes: number("BufferSizeInMBs", 1), seconds: number("BufferIntervalInSeconds", 60) },
    retries: number("NumberOfRetries", 3),
    function: readFunction(document, place, parameters.get("LambdaArn"), directory, `${where}.LambdaArn`),
  };
}

/** Defaults: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
function readFunction(
  document: TerraformDocument,
  place: Place,
  lambdaArn: unknown,
  directory: string,
  where: string,
): FunctionDescription {
  const found = document.referenced(FUNCTION, lambdaArn);
  if (!found) throw new UsageError(`The stack cannot be run locally: ${where} refers to no ${FUNCTION} of the stack.`);
  const { address, block } = found;
  const name = document.optionalText(block["function_name"]) ?? address.replace(`${FUNCTION}.`, "");
  const filename = String(block["filename"] ?? "").replace("${path.module}", ".");
  return {
    name,
    arn: place.arn("lambda", `function:${name}`),
    zip: resolve(directory, document.knownText(filename || undefined, `${address}.filename`)),
    handler: document.knownText(block["handler"], `${address}.handler`),
    timeoutSeconds: document.number(block["timeout"], `${address}.timeout`, 3),
    memoryMegabytes: document.number(block["memory_size"], `${address}.memory_size`, 128),
    ...readEnvironment(document, block, address),
  };
}

function readEnvironment(
  document: TerraformDocument,
  block: Block,
  address: string,
): Pick<FunctionDescription, "environment" | "settings"> {
  const variables = blockOf(blockOf(block["environment"])?.["variables"]) ?? {};
  const environment = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, document.text(value, `${address}.environment.${name}`)]),
  );
  const url = variables["SETTINGS_URL"];
  if (url === undefined) return { environment };
  const object = document.referenced(OBJECT, url);
  if (!object)
    throw new UsageError(
      `The stack cannot be run locally: ${address}.environment.SETTINGS_URL refers to no ${OBJECT}.`,
    );
  return { environment, settings: readSettings(document, object) };
}

/** Values inside the settings may be known to Terraform alone, but which settings there are must be written out. */
function readSettings(document: TerraformDocument, { address, block }: Resource): Block {
  const where = `${address}.content`;
  const settings = parseBlock(document.text(block["content"], where));
  if (settings) return settings;
  const text = document.knownText(block["content"], where);
  throw new UsageError(`The stack cannot be run locally: ${where} is no JSON object: ${text.slice(0, 100)}`);
}

function parseBlock(text: string): Block | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? undefined : blockOf(value);
  } catch {
    return undefined;
  }
}
