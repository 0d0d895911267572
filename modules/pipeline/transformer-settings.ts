/** The transformer's settings as constructs take them: the contract of `lambda/`, with tokens, and its schema. */
import { z } from "zod";
import type { JsonValue, TransformerSettings } from "../../lambda/transformer/settings";
import type { IResolvable } from "../cdk";
import { rules } from "../rules";
import { InvalidValueError, type ValueChecks } from "../value-checks";
import { filterSchema } from "./filter-schema";
import { identitySchema } from "./identity-schema";
import { redactionSchema } from "./redaction-schema";
import { SAMPLING_DEFAULTS, samplingRules } from "./sampling-rules";
import { samplingSchema } from "./sampling-schema";
import { orToken, texts, value } from "./schema-fields";

/** Metadata; values in it, and the whole, may be tokens. */
export type MetadataInput = { readonly [key: string]: JsonValue | IResolvable } | IResolvable;

/** What is known of one API; as {@link ApiSettings}, with tokens. */
export interface ApiSettingsInput {
  readonly name?: string;
  /** Version of the API, that Moesif shows. */
  readonly version?: string;
  /** Tags of the API's calls, in addition to the target's. */
  readonly tags?: readonly string[];
  readonly metadata?: MetadataInput;
}

/** As {@link TransformerSettings}; tokens are passed unchecked. What decides structure is a literal. */
export interface TransformerSettingsInput extends Omit<TransformerSettings, "metadata" | "apis"> {
  readonly metadata?: MetadataInput;
  /** By API id, which may be a token. */
  readonly apis?: { readonly [apiId: string]: ApiSettingsInput };
}

const json = z.json() as unknown as z.ZodType<JsonValue>;
const metadata = orToken(z.record(z.string(), orToken(json)));

const api = z.strictObject({
  name: value(rules.apiName).optional(),
  version: value(rules.apiVersion).optional(),
  tags: texts(rules.eventTag).optional(),
  metadata: metadata.optional(),
});

/** The schema of the document. Single values that have a rule are checked by it afterwards. */
const schema = z.strictObject({
  version: z.literal(1),
  accountId: value(rules.accountId),
  region: z.string().min(1),
  environment: value(rules.environment).optional(),
  metadata: metadata.optional(),
  tags: texts(rules.eventTag).optional(),
  apis: z.record(value(rules.apiId), api).optional(),
  output: z.string().optional(),
  baseUrl: z.string().optional(),
  enrichment: z.string().optional(),
  identity: identitySchema.optional(),
  redaction: redactionSchema.optional(),
  filter: filterSchema.optional(),
  sampling: samplingSchema.optional(),
  passThrough: z.boolean("must be true or false").optional(),
});

/**
 * Checks settings: their shape at once, single values by `checks`.
 *
 * @param construct path of the construct whose settings they are
 * @throws InvalidValueError if they do not obey the schema
 */
export function checkSettings(settings: TransformerSettingsInput, construct: string, checks: ValueChecks): void {
  const { error } = schema.safeParse(settings);
  if (error) throw new InvalidValueError(construct, error.issues.map(problemOf));
  checks
    .check("baseUrl", settings.baseUrl, rules.baseUrl)
    .choose("output", settings.output, rules.output)
    .check("enrichment", settings.enrichment, rules.enrichment);
  for (const [key, rule] of Object.entries(samplingRules)) {
    checks.check(`sampling.${key}`, settings.sampling?.[key as keyof typeof samplingRules], rule);
  }
  for (const key of ["subscription", "sessionToken"] as const) {
    if (settings.identity?.[key] !== undefined && settings.output !== "event") {
      checks.refuse(`identity.${key} needs output event: Moesif's access logs have no place for it`);
    }
  }
}

function problemOf(issue: z.core.$ZodIssue): string {
  const { path } = issue;
  const message = (issue.code === "invalid_key" && issue.issues[0]?.message) || issue.message;
  // The document's name for the property eventTags.
  const [first, ...rest] = path;
  const property = z.core.toDotPath([first === "tags" ? "eventTags" : first!, ...rest]);
  return `${property}${message.startsWith("must ") ? "" : ":"} ${message}`;
}

/** Whether the function asks Moesif for its sampling rules, for which it needs the application id. */
export function asksMoesif({ sampling, passThrough = false }: TransformerSettingsInput): boolean {
  return (sampling?.remote ?? SAMPLING_DEFAULTS.remote) && !passThrough;
}

/** Seconds for which an invocation waits for those rules. */
export function waitForRules({ sampling }: TransformerSettingsInput): number {
  return sampling?.timeoutSeconds ?? SAMPLING_DEFAULTS.timeoutSeconds;
}

/** Whether the function hashes, for which it needs a key. */
export function hashes({ redaction }: TransformerSettingsInput): boolean {
  return (redaction?.hash?.length ?? 0) > 0;
}
