/** The transformer's settings as constructs take them: the contract of `lambda/`, with plan-time values, and its schema. */
import { z } from "zod";
import type {
  FilterRule,
  IdentitySettings,
  JsonValue,
  RedactionSettings,
  TransformerSettings,
} from "../../lambda/transformer/settings";
import { type IResolvable, Token } from "../cdk";
import { rules } from "../rules";
import { InvalidValueError, type ValueChecks } from "../value-checks";
import { both, either, isFilled, isText, not, orElse, partOf, type Whether } from "../whether";
import { filterSchema } from "./filter-schema";
import { identitySchema } from "./identity-schema";
import { redactionSchema } from "./redaction-schema";
import { SAMPLING_DEFAULTS, samplingRules } from "./sampling-rules";
import { type SamplingInput, samplingSchema } from "./sampling-schema";
import { flag, orPlanTime, texts, value } from "./schema-fields";

/** Metadata, or a reference to it, or literal keys with values that may be references. */
export type MetadataInput = { readonly [key: string]: JsonValue | IResolvable } | IResolvable;

/** What is known of one API; as {@link ApiSettings}, with plan-time values. */
export interface ApiSettingsInput {
  readonly name?: string;
  /** Version of the API, that Moesif shows. */
  readonly version?: string;
  /** Tags of the API's calls, beside those of the target. */
  readonly tags?: readonly string[] | IResolvable;
  readonly metadata?: MetadataInput;
}

/**
 * As {@link TransformerSettings}, but values may be known at plan time only. A section that Terraform alone knows as a
 * whole is not checked here; where it is null, it is as one that was left out.
 */
export interface TransformerSettingsInput extends Pick<
  TransformerSettings,
  "version" | "accountId" | "region" | "environment" | "baseUrl"
> {
  readonly metadata?: MetadataInput;
  readonly tags?: readonly string[] | IResolvable;
  /** By API id. */
  readonly apis?: { readonly [apiId: string]: ApiSettingsInput } | IResolvable;
  /** `accessLog` or `event`. */
  readonly output?: string;
  /** `full` or `none`. */
  readonly enrichment?: string;
  readonly identity?: IdentitySettings | IResolvable;
  /** A literal, or a whole that only Terraform knows: a pattern that Terraform puts in would not have been checked. */
  readonly redaction?: RedactionSettings | IResolvable;
  /** As `redaction`. */
  readonly filter?: readonly FilterRule[] | IResolvable;
  readonly sampling?: SamplingInput | IResolvable;
  readonly passThrough?: boolean | IResolvable;
}

const json = z.json() as unknown as z.ZodType<JsonValue>;
const metadata = orPlanTime(z.record(z.string(), orPlanTime(json)));

const api = z.strictObject({
  name: z.string().optional(),
  version: value(rules.apiVersion).optional(),
  tags: texts(rules.eventTag).optional(),
  metadata: metadata.optional(),
});

/**
 * The schema of the document; parts that only Terraform knows are taken as they are. Single values that have a rule are
 * checked by it afterwards, so that a precondition can be made of it.
 */
const schema: z.ZodType<TransformerSettingsInput> = z.strictObject({
  version: z.literal(1),
  accountId: value(rules.accountId),
  region: z.string().min(1),
  environment: z.string().min(1).optional(),
  metadata: metadata.optional(),
  tags: texts(rules.eventTag).optional(),
  apis: orPlanTime(z.record(z.string(), api)).optional(),
  output: z.string().optional(),
  baseUrl: z.string().optional(),
  enrichment: z.string().optional(),
  identity: orPlanTime(identitySchema).optional(),
  redaction: orPlanTime(redactionSchema).optional(),
  filter: orPlanTime(filterSchema).optional(),
  sampling: orPlanTime(samplingSchema).optional(),
  passThrough: flag.optional(),
});

/**
 * Checks settings: their shape at once, single values by `checks`.
 *
 * @param construct path of the construct whose settings they are
 * @throws InvalidValueError if they do not obey the schema
 */
export function checkSettings(settings: TransformerSettingsInput, construct: string, checks: ValueChecks): void {
  const { error } = schema.safeParse(settings);
  if (error) throw new InvalidValueError(construct, z.prettifyError(error).split("\n"));
  checks
    .check("baseUrl", settings.baseUrl, rules.baseUrl)
    .check("output", settings.output, rules.output)
    .check("enrichment", settings.enrichment, rules.enrichment);
  for (const [key, rule] of Object.entries(samplingRules)) {
    checks.check(`sampling.${key}`, written(settings.sampling)?.[key as keyof typeof samplingRules], rule);
  }
  checkSessionToken(settings, checks);
}

/** Access logs have no place for a session token. */
function checkSessionToken({ identity, output }: TransformerSettingsInput, checks: ValueChecks): void {
  const sends: Whether = Token.isUnresolved(output) ? isText(output, "event") : output === "event";
  const given: Whether = Token.isUnresolved(identity)
    ? isFilled(partOf(identity, "sessionToken"))
    : written(identity)?.sessionToken !== undefined;
  checks.demand(
    either(sends, not(given)),
    "identity.sessionToken needs output event: Moesif's access logs have no place for it",
  );
}

/** Whether the function asks Moesif for its sampling rules, for which it needs the application id. */
export function asksMoesif({ sampling, passThrough = false }: TransformerSettingsInput): Whether {
  const remote: Whether = Token.isUnresolved(sampling)
    ? orElse(partOf(sampling, "remote"), SAMPLING_DEFAULTS.remote)
    : (written(sampling)?.remote ?? SAMPLING_DEFAULTS.remote);
  return both(remote, not(passThrough));
}

/** Seconds for which an invocation waits for those rules. */
export function waitForRules({ sampling }: TransformerSettingsInput): number {
  if (!Token.isUnresolved(sampling)) return written(sampling)?.timeoutSeconds ?? SAMPLING_DEFAULTS.timeoutSeconds;
  return Token.asNumber(orElse(partOf(sampling, "timeoutSeconds"), SAMPLING_DEFAULTS.timeoutSeconds));
}

/** Whether the function hashes, for which it needs a key. */
export function hashes({ redaction }: TransformerSettingsInput): Whether {
  return isFilled(Token.isUnresolved(redaction) ? partOf(redaction, "hash") : written(redaction)?.hash);
}

/** A section that is written down, and not a whole that only Terraform knows. */
function written<T>(section: T | IResolvable | undefined): T | undefined {
  return Token.isUnresolved(section) ? undefined : (section as T | undefined);
}
