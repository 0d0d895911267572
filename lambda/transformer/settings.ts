/**
 * The settings of the transformer: one JSON document for each account and region, written by Terraform into the
 * backup bucket and read once by each execution environment of the function.
 *
 * Types alone: the schema that checks a document before it is written lives in `modules/`, so that the function
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
  /** The API's own metadata; wins over that of the target. */
  readonly metadata?: Metadata;
}

/** Which record keys say who the user and the company of a call are: the first usable value wins. */
export interface IdentitySettings {
  /** Default: Moesif's own order, `user`, `apiKeyId`, `principalId`, `cognitoIdentityId`, `caller`. */
  readonly user?: readonly string[];
  /** Default: `companyId`. */
  readonly company?: readonly string[];
}

/** Which keys of a record leave: an allow-list or a deny-list. */
export type FieldSelection =
  /** Of the optional keys these alone leave; the keys that Moesif requires leave beside them. */
  | { readonly keep: readonly string[]; readonly remove?: undefined }
  /**
   * These do not leave, and neither does what `metadata` holds under their names. Of a key that Moesif requires, the
   * value is masked.
   */
  | { readonly remove: readonly string[]; readonly keep?: undefined };

/** Masks whatever a pattern finds. */
export interface MaskRule {
  /**
   * A regular expression, read with the flags `s` and `u`; at most 256 characters, and of a kind that cannot run away:
   * it is checked when the settings are written.
   */
  readonly pattern: string;
  /** Keys of the record to look at, with all that is within. Default: all of them. */
  readonly fields?: readonly string[];
  /** What takes the place, in brackets. Default: `[redacted]`. */
  readonly replacement?: string;
}

/** What of `resourcePath` does not leave. */
export interface PathRedaction {
  /** Whether segments and parameters that hold an e-mail address are masked. Default: `mask`. */
  readonly emails?: "mask" | "keep";
  /** Names of segments: the one that follows is masked, as `42` in `/users/42/orders`. Default: none. */
  readonly segmentsAfter?: readonly string[];
  /** Names of query parameters whose values are masked; `*` for all. Default: none. */
  readonly queryParameters?: readonly string[];
}

/** What does not leave the account, beside what is a secret by its nature. No switch turns it off. */
export interface RedactionSettings {
  /** Default: every key leaves. */
  readonly fields?: FieldSelection;
  /** Default: none. */
  readonly mask?: readonly MaskRule[];
  /** `truncate` makes `ip` the network, /24 of IPv4 and /48 of IPv6, and removes what is no address. Default: `keep`. */
  readonly ip?: "keep" | "truncate";
  readonly path?: PathRedaction;
}

/** The settings document, version 1. */
export interface TransformerSettings {
  readonly version: 1;
  /** The AWS account that the records come from (12 digits). */
  readonly accountId: string;
  /** The region that the records come from. */
  readonly region: string;
  /** Name of the environment, such as `production`. */
  readonly environment?: string;
  /** Metadata of every record of this account and region. */
  readonly metadata?: Metadata;
  /** By API id (`$context.apiId`). */
  readonly apis?: { readonly [apiId: string]: ApiSettings };
  readonly identity?: IdentitySettings;
  readonly redaction?: RedactionSettings;
}
