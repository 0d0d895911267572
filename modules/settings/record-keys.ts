/** The keys that a record can have. Settings that name a key are held to them. */
import type { z } from "zod";
import type { Issue } from "./issue";
import { nearest } from "./suggestion";

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
 * The key that is meant by a misspelt one, or by a path whose parts are misspelt. Such a key would match no record: a
 * misspelt redaction would redact nothing. A key that resembles none may be of a format of the user's own.
 */
export function meantKey(written: string): string | undefined {
  if (isKnown(written)) return undefined;
  const [, ...rest] = written.split(".");
  const meant = [...nearKeys()].find(([, near]) => near.test(written.replaceAll(/[_-]/g, "")))?.[0];
  return meant === undefined || meant.includes(".") ? meant : [meant, ...rest].join(".");
}

/** The patterns of what is near to each key, also before a path into it. Made when the first unknown key is found. */
function nearKeys(): ReadonlyMap<string, RegExp> {
  near ??= new Map(
    [...RECORD_KEYS, ...EVENT_FIELDS.filter((field) => field.includes("."))].map((key) => {
      const segments = key.split(".").map((segment) => `(${nearSegment(segment.replaceAll("_", "")).join("|")})`);
      return [key, new RegExp(`^${segments.join("\\.")}(\\..*)?$`, "i")];
    }),
  );
  return near;
}

let near: ReadonlyMap<string, RegExp> | undefined;

/**
 * Patterns of a name with one letter missing, added, wrong or swapped with its neighbour, or with two wrong in a word of
 * seven letters and more; terraform/record_keys.tf makes the same. Names of up to three letters differ from too many
 * words by one letter: of them, only case counts.
 */
function nearSegment(name: string): string[] {
  if (name.length <= 3) return [name];
  const oneLetter = Array.from(name, (letter, n) => {
    const [before, after] = [name.slice(0, n), name.slice(n + 1)];
    return [`${before}.?${after}`, `${before}.${letter}${after}`, before + after.charAt(0) + letter + after.slice(1)];
  });
  return [name, `${name}.`, ...oneLetter.flat(), ...Array.from(name.matchAll(/[A-Za-z][a-z]{6,}/g), twoLetters).flat()];
}

function twoLetters({ 0: word, index, input }: RegExpExecArray): string[] {
  const [before, after] = [input.slice(0, index), input.slice(index + word.length)];
  const pairs = Array.from(word, (_, i) => Array.from(word.slice(i + 1), (_, n) => [i, i + 1 + n] as const)).flat();
  return pairs.map(
    ([i, j]) => `${before}${word.slice(0, i)}.{0,2}${word.slice(i + 1, j)}.{0,2}${word.slice(j + 1)}${after}`,
  );
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
  return namedKeys(settings).flatMap(([key, path]) => {
    if (key === undefined || isKnown(key) || meantKey(key) !== undefined) return [];
    const message = `no access-log format of this package writes the key ${JSON.stringify(key)}`;
    const similar = nearest(key, [...RECORD_KEYS, ...EVENT_FIELDS]);
    const fix = `${similar ? `did you mean ${similar}? ` : ""}check its spelling, unless a format of your own writes it`;
    return [{ id: "unknown-record-key", path, message, fix, severity: "warning" as const }];
  });
}

/** Whether a key is known, or what the path begins with. */
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
