/** The transformer's settings as constructs take them: the contract of `lambda/`, with tokens, and its schema. */
import { z } from "zod";
import type { JsonValue, TransformerSettings } from "../../lambda/transformer/settings";
import type { IResolvable } from "../cdk";
import { awsLimits } from "../settings/aws";
import { type Checks, tokensAt } from "../settings/checks";
import { apisSchema, LITERAL_ONLY } from "../settings/pipeline";
import { brokenRulesOf } from "../settings/rules";
import { samplingDefaults } from "../settings/sampling";
import { pipelineLimits, settingsSchema } from "../settings/settings";
import { transformerSection } from "../settings/transformer";
import { metadata, section, valueOf } from "../settings/values";

/** Metadata; values in it, and the whole, may be tokens. */
export type MetadataInput = { readonly [key: string]: JsonValue | IResolvable } | IResolvable;

/** What is known of one API; as {@link ApiSettings}, with tokens. */
export interface ApiSettingsInput {
  /** Name of the API, shown as `metadata.apiName`. */
  readonly name?: string;
  /** Version of the API, that Moesif shows. */
  readonly version?: string;
  /** Tags of the API's calls, in addition to the target's. */
  readonly tags?: readonly string[];
  /** Metadata of the API's calls. */
  readonly metadata?: MetadataInput;
}

/** As {@link TransformerSettings}; tokens are passed unchecked. What decides structure is a literal. */
export interface TransformerSettingsInput extends Omit<TransformerSettings, "metadata" | "apis"> {
  /** Metadata of every call. */
  readonly metadata?: MetadataInput;
  /** By API id, which may be a token. */
  readonly apis?: { readonly [apiId: string]: ApiSettingsInput };
}

/** The schema of the document. */
const documentSchema = section({
  version: z.literal(1),
  accountId: valueOf(awsLimits.accountId),
  region: valueOf(awsLimits.regionName),
  environment: valueOf(pipelineLimits.environment).optional(),
  metadata: metadata.optional(),
  tags: settingsSchema.shape.eventTags,
  apis: apisSchema.optional(),
  output: settingsSchema.shape.output,
  baseUrl: settingsSchema.shape.baseUrl,
  enrichment: settingsSchema.shape.enrichment,
  identity: settingsSchema.shape.identity,
  redaction: settingsSchema.shape.redaction,
  filter: settingsSchema.shape.filter,
  sampling: settingsSchema.shape.sampling,
  passThrough: transformerSection.shape.passThrough,
});

/** Adds the issues of a document. */
export function checkSettings(settings: TransformerSettingsInput, checks: Checks): void {
  checks.schema(documentSchema, settings, []).add(...tokensAt(settings, LITERAL_ONLY));
  checks.add(...brokenRulesOf(["event-only"], { identity: settings.identity, output: settings.output } as object));
}

/** Whether the function asks Moesif for its sampling rules, for which it needs the application id. */
export function asksMoesif({ sampling, passThrough = false }: TransformerSettingsInput): boolean {
  return (sampling?.remote ?? samplingDefaults.remote) && !passThrough;
}
