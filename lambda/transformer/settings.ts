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
}
