/**
 * The settings of the transformer: one JSON document for each account and region, written by Terraform into the
 * backup bucket and read once by each execution environment of the function.
 *
 * Only types: the schema that checks a document before it is written lives in `modules/`, so that the function
 * need not carry a validator.
 */

/** Any JSON value. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Free key/value pairs that appear in Moesif as `metadata`. */
export interface Metadata {
  readonly [key: string]: JsonValue;
}

/** What is known of one API beyond what its access log says. */
export interface ApiSettings {
  /** Name shown in Moesif as `metadata.apiName`. */
  readonly name?: string;
  /** Version: `request.api_version` of an event, and `metadata.apiVersion`. */
  readonly version?: string;
  /** Shown as `metadata.tags`, together with those of the target. */
  readonly tags?: readonly string[];
  /** The API's own metadata; wins over that of the target. */
  readonly metadata?: Metadata;
}

/** Where an identity is found. Exactly one of `from` and `template`. */
export interface IdentitySource {
  /** A key of the record, or a path into it such as `metadata.orgId`, in any case. */
  readonly from?: string;
  /** A text with keys or paths in braces, as `{stage}:{principalId}`; each of them must have a value. */
  readonly template?: string;
  /**
   * A regular expression of which the first group (without one, the whole match) is the identity. A value in which it
   * finds nothing is passed over. The rules of {@link MaskRule.pattern} hold.
   */
  readonly extract?: string;
  /** Whether the value is converted to lowercase. Default: `false`. */
  readonly lowerCase?: boolean;
  /**
   * The identity for each value, as the company of an API key id; a value that is not in it is passed over. It is looked
   * up before the redaction, so that the value itself need not be sent.
   */
  readonly map?: { readonly [value: string]: string };
}

/** A rule. A string stands for a map with this `from`. */
export type IdentityRule = string | IdentitySource;

/** Who made a call, by ordered rules: the first that gives a value wins. */
export interface IdentitySettings {
  /** Default: Moesif's own order, `user`, `apiKeyId`, `principalId`, `cognitoIdentityId`, `caller`. */
  readonly user?: readonly IdentityRule[];
  /** Default: `companyId`. */
  readonly company?: readonly IdentityRule[];
  /** For metered billing. Default: `subscriptionId`. Access logs have no place for it, so only events have it. */
  readonly subscription?: readonly IdentityRule[];
  /** Default: none. Access logs have no place for it, so only events have it. */
  readonly sessionToken?: readonly IdentityRule[];
}

/** Which keys of a record are sent: an allow-list or a deny-list. */
export type FieldSelection =
  /** Of the optional keys, only these are sent. The keys that Moesif requires are always sent. */
  | { readonly keep: readonly string[]; readonly remove?: undefined }
  /**
   * These are not sent, and neither is what `metadata` holds under their names. Of a key that Moesif requires, the
   * value is masked.
   */
  | { readonly remove: readonly string[]; readonly keep?: undefined };

/** Masks whatever a pattern finds. */
export interface MaskRule {
  /**
   * A regular expression (RE2) of 1,000 characters at most. It is checked when the settings are written, and again when
   * the function reads them.
   */
  readonly pattern: string;
  /** Keys of the record that are searched, with all that is within. Default: all of them. */
  readonly fields?: readonly string[];
  /** What takes the place, in brackets. Default: `[redacted]`. */
  readonly replacement?: string;
}

/** What of `resourcePath` is not sent. */
export interface PathRedaction {
  /** Whether segments and parameters that hold an e-mail address are masked. Default: `mask`. */
  readonly emails?: "mask" | "keep";
  /** Names of segments: the one that follows is masked, as `42` in `/users/42/orders`. Default: none. */
  readonly segmentsAfter?: readonly string[];
  /** Names of query parameters whose values are masked; `*` for all. Default: none. */
  readonly queryParameters?: readonly string[];
}

/** What is not sent, in addition to secrets, which are always masked. No switch turns it off. */
export interface RedactionSettings {
  /** Default: every key is sent. */
  readonly fields?: FieldSelection;
  /** Names and shapes of secrets that are sent all the same: those of docs/privacy.md. Default: none. */
  readonly allow?: readonly string[];
  /** Default: none. */
  readonly mask?: readonly MaskRule[];
  /** `truncate` makes `ip` the network, /24 of IPv4 and /48 of IPv6, and removes what is no address. Default: `keep`. */
  readonly ip?: "keep" | "truncate";
  /** What is masked in `resourcePath`. */
  readonly path?: PathRedaction;
  /**
   * Keys of which the value is sent as a keyed hash (HMAC-SHA-256), equal for equal values. The function reads the key
   * from the secret that the environment variable `HASH_KEY_SECRET` names. Default: none.
   */
  readonly hash?: readonly string[];
}

/** What a field must be: this text, one of these, or a text in which the pattern finds something. */
export type FieldMatch = string | readonly string[] | { readonly pattern: string };

/** The fields (keys of a record, or paths into it) of which each must match. */
export interface FieldMatches {
  readonly [field: string]: FieldMatch;
}

/** What becomes of the calls that match. Exactly one of the two. */
export type FilterRule =
  | { readonly drop: FieldMatches; readonly keep?: undefined }
  | { readonly keep: FieldMatches; readonly drop?: undefined };

/** How many calls of all are sent. */
export interface SamplingSettings {
  /** Whether the rules count that were made in Moesif (`GET /v1/config`). Default: `true`. */
  readonly remote?: boolean;
  /** Percentage of the calls that is kept where no rule of Moesif is known: 0 to 100. Default: 100. */
  readonly rate?: number;
  /**
   * What decides alike: each request for itself, or all requests of a user or of a company, so that whole journeys are
   * kept. Then the sum of the weights errs more, most where few make much of the traffic. Default: `request`.
   */
  readonly by?: "request" | "user" | "company";
  /** Calls that no rate drops: none, those with status 500 and more (`server`), or 400 and more (`all`). Default: `none`. */
  readonly keepErrors?: "none" | "server" | "all";
  /**
   * Calls of one company that are kept of a batch (what Firehose hands over at once: about a minute of traffic, or
   * 1 MB). Of more, a sample is kept, with weights; errors that `keepErrors` keeps do not count. Default: no limit.
   */
  readonly companyLimit?: number;
  /** Seconds between two requests for Moesif's rules. Default: 60. */
  readonly refreshSeconds?: number;
  /** Seconds for which an invocation waits for Moesif's rules, with all attempts. Default: 3. */
  readonly timeoutSeconds?: number;
}

/** The settings document, version 1. */
export interface TransformerSettings {
  /** Version of the document's form. */
  readonly version: 1;
  /** The AWS account that the records come from (12 digits). */
  readonly accountId: string;
  /** The region that the records come from. */
  readonly region: string;
  /** Name of the environment, such as `production`. */
  readonly environment?: string;
  /** Metadata of every record of this account and region. */
  readonly metadata?: Metadata;
  /** Shown as `metadata.tags` of every record. */
  readonly tags?: readonly string[];
  /** By API id (`$context.apiId`). */
  readonly apis?: { readonly [apiId: string]: ApiSettings };
  /**
   * What is delivered: Moesif's access-log keys, or objects in Moesif's event model. The stream must deliver to the
   * address of the same. Default: `accessLog`.
   */
  readonly output?: "accessLog" | "event";
  /** Address of Moesif's collector. Default: `https://api.moesif.net`. */
  readonly baseUrl?: string;
  /** `none`: nothing is added, neither identities nor metadata. Default: `full`. */
  readonly enrichment?: "full" | "none";
  /** Rules for the user, company and session of a call. */
  readonly identity?: IdentitySettings;
  /** What is removed, masked or hashed. */
  readonly redaction?: RedactionSettings;
  /** Which calls are sent at all: the first rule that matches decides, and without one a call is kept. */
  readonly filter?: readonly FilterRule[];
  /** Which part of the calls is sent. */
  readonly sampling?: SamplingSettings;
  /** The kill switch: filter, sampling and enrichment are off; the redaction never is. Default: `false`. */
  readonly passThrough?: boolean;
}

/** Whether anything is added to the records. */
export function isEnriched({ enrichment, passThrough }: TransformerSettings): boolean {
  return enrichment !== "none" && !passThrough;
}
