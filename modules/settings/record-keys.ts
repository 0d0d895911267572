/** The keys that a record can have. Settings that name a key are held to them. */
import type { z } from "zod";
import type { Issue } from "./issue";
import { distance } from "./suggestion";

/** Keys of the access-log formats of all types of API, and those that the transformer sets. */
export const RECORD_KEYS: readonly string[] = `
  accountId apiId apiKeyId authorizerLatency caller cognitoIdentityId companyId connectionId contentType domainName
  durationMs errorMessage errorType eventType extendedRequestId forwardedFor httpMethod integrationLatency
  integrationStatus ip metadata path principalId protocol queryString requestHostHeader requestId requestTime
  requestTimeEpoch requestUserAgentHeader resourcePath responseLatency responseLength routeKey sessionToken sourceIp
  stage status subscriptionId user userAgent userArn wafResponseCode wafStatus weight xrayTraceId
`
  .trim()
  .split(/\s+/);

/** Names of Moesif's event model that a filter also takes. */
export const EVENT_FIELDS: readonly string[] = [
  "company_id",
  "request.ip_address",
  "request.route",
  "request.uri",
  "request.verb",
  "response.status",
  "user_id",
];

/**
 * The key that is meant by one that differs from it by case or by one letter. Such a key would match no record: a
 * misspelt redaction would redact nothing. A key that resembles none may be of a format of the user's own.
 */
export function meantKey(written: string): string | undefined {
  if (RECORD_KEYS.includes(written) || EVENT_FIELDS.includes(written)) return undefined;
  return RECORD_KEYS.find((key) => isNear(key.toLowerCase(), written.toLowerCase()));
}

/** Keys of up to three letters differ from too many words by one letter: of them, only case counts. */
function isNear(key: string, written: string): boolean {
  if (key === written) return true;
  return key.length > 3 && (distance(key, written) === 1 || isSwapped(key, written));
}

/** Whether two neighbouring letters are swapped. */
function isSwapped(key: string, written: string): boolean {
  const index = [...key].findIndex((letter, at) => letter !== written[at]);
  return key.slice(0, index) + key.charAt(index + 1) + key.charAt(index) + key.slice(index + 2) === written;
}

/** A key of a record, or a path into it: misspelt ones are refused. */
export function recordKey<T extends z.ZodType<string | undefined>>(key: T): T {
  return withKnownKeys(key, (written) => [written]);
}

/** A template: its keys and paths stand in braces. */
export function keyTemplate<T extends z.ZodType<string | undefined>>(template: T): T {
  return withKnownKeys(template, keysInBraces);
}

function withKnownKeys<T extends z.ZodType<string | undefined>>(type: T, keysOf: (written: string) => string[]): T {
  const checked = type.superRefine((written, context) => {
    for (const key of written === undefined ? [] : keysOf(written)) {
      const meant = meantKey(key);
      if (meant === undefined) continue;
      const params = { id: "record-key", fix: `did you mean ${meant}?` };
      context.addIssue({ code: "custom", message: `unknown key ${JSON.stringify(key)}`, params });
    }
  });
  return checked.meta({ ...type.meta() });
}

function keysInBraces(template: string): string[] {
  return Array.from(template.matchAll(/\{([^{}]+)\}/g), ([, key]) => key!);
}

/** The part of the settings that names keys; anything in it may be missing. */
interface NamingSettings {
  readonly redaction?: {
    readonly fields?: { readonly keep?: Names; readonly remove?: Names };
    readonly mask?: readonly ({ readonly fields?: Names } | undefined)[];
    readonly hash?: Names;
  };
  readonly identity?: {
    readonly [who: string]: readonly (string | IdentityRule | undefined)[] | undefined;
  };
  readonly filter?: readonly ({ readonly [action: string]: object | undefined } | undefined)[];
}

interface IdentityRule {
  readonly from?: string;
  readonly template?: string;
}

type Names = readonly (string | undefined)[];
type Named = readonly [key: string | undefined, path: Issue["path"]];

/** Warnings of keys that no access-log format of ours writes: a rule that names one may never apply. */
export function unknownRecordKeys(settings: NamingSettings): Issue[] {
  return namedKeys(settings).flatMap(([key, path]) =>
    key === undefined || isKnown(key) || meantKey(key) !== undefined
      ? []
      : {
          id: "unknown-record-key",
          path,
          message: `no access-log format of this package writes the key ${JSON.stringify(key)}`,
          fix: "check its spelling, unless a format of your own writes it",
          severity: "warning" as const,
        },
  );
}

function isKnown(key: string): boolean {
  return RECORD_KEYS.includes(key.split(".")[0]!) || EVENT_FIELDS.includes(key);
}

function namedKeys({ redaction = {}, identity = {}, filter = [] }: NamingSettings): Named[] {
  const listed = (keys: Names = [], ...path: Issue["path"]) => keys.map((key, n): Named => [key, [...path, n]]);
  return [
    ...listed(redaction.fields?.keep, "redaction", "fields", "keep"),
    ...listed(redaction.fields?.remove, "redaction", "fields", "remove"),
    ...listed(redaction.hash, "redaction", "hash"),
    ...(redaction.mask ?? []).flatMap((mask, n) => listed(mask?.fields, "redaction", "mask", n, "fields")),
    ...Object.entries(identity).flatMap(([who, rules]) =>
      (rules ?? []).flatMap((rule, n): Named[] => {
        if (typeof rule !== "object") return [[rule, ["identity", who, n]]];
        const inTemplate = keysInBraces(rule.template ?? "");
        return [
          [rule.from, ["identity", who, n, "from"]],
          ...inTemplate.map((key): Named => [key, ["identity", who, n, "template"]]),
        ];
      }),
    ),
    ...filter.flatMap((rule, n) =>
      Object.entries(rule ?? {}).flatMap(([action, fields]) =>
        Object.keys(fields ?? {}).map((field): Named => [field, ["filter", n, action, field]]),
      ),
    ),
  ];
}
