/** Plants in a call what must not be sent under these settings, and remembers it. */
import type { TransformerSettings } from "../../lambda/transformer/settings";
import { isObject } from "../../common/json";
import { ipOf } from "./logs";
import type { Random } from "./random";
import type { Json } from "./values";

/** Texts of a record that must not appear in what is delivered, nor in the log. */
export type Secrets = string[];

/** Keys whose values an allow-list that names none of them must remove. */
const OPTIONAL_KEYS = ["principalId", "caller", "stage", "note"];

/** The keys to which any text can come. */
const TEXT_KEYS = ["requestUserAgentHeader", "errorMessage", "note", "httpMethod"];

type Plant = (random: Random, log: Json, secret: NewSecret) => void;

/** Makes a text, in the form that it shall have in the call, and remembers it in that form. */
type NewSecret = (form?: (text: string) => string) => string;

/** What is a secret by its nature, whatever the settings. */
const BY_NATURE: readonly Plant[] = [
  (_, log, secret) => (log.apiKey = secret()),
  (random, log, secret) =>
    addMetadata(log, random.oneIn(2) ? { apiKey: secret() } : { a: [{ b: { apiKey: secret() } }] }),
  (random, log, secret) => addText(random, log, `${random.pick(["Bearer", "bearer", "BEARER"])} ${secret()}.a-b~c+/=`),
  (random, log, secret) => addText(random, log, `Basic ${secret((text) => btoa(`user:${text}`))}`),
  (random, log, secret) => addText(random, log, `eyJhbGciOiJub25lIn0.${secret()}.${secret()}`),
  (_, log, secret) => addPath(log, `?auth=Bearer%20${secret()}`),
];

/** Prepares what may be planted under these settings. */
export function createPlanter({ redaction = {} }: TransformerSettings) {
  const { fields, hash = [], ip, mask = [], path = {} } = redaction;
  const { emails = "mask", segmentsAfter = [], queryParameters = [] } = path;
  const hidden = fields?.remove ?? (fields ? OPTIONAL_KEYS.filter((key) => !fields.keep.includes(key)) : []);
  const plants: Plant[] = [...BY_NATURE];
  if (emails === "mask") {
    plants.push((random, log, secret) =>
      addPath(log, `/${secret()}${random.pick(["@", "%40", "%2540"])}example.com/x`),
    );
  }
  for (const key of [...hidden, ...hash]) plants.push((_, log, secret) => (log[key] = secret()));
  for (const key of fields?.remove ?? []) {
    plants.push((_, log, secret) => addMetadata(log, { [key]: secret() }));
  }
  for (const name of segmentsAfter) plants.push((_, log, secret) => addPath(log, `/${name}/${secret()}/x`));
  for (const name of queryParameters) {
    plants.push((_, log, secret) => addPath(log, `?a=b&${name === "*" ? "any" : name}=${secret()}`));
  }
  if (mask.some(({ pattern }) => pattern.startsWith("internal"))) {
    plants.push((_, log, secret) => addPath(log, `/internal-${lettersOf(secret())}/x`));
  }

  return (random: Random, log: Json): Secrets => {
    const secrets: Secrets = [];
    const secret = newSecret(random, secrets);
    if (ip === "truncate") secrets.push((log.ip = ipOf(random)) as string);
    if (mask.some(({ pattern }) => pattern === "[0-9]{16}") && random.oneIn(3)) {
      const card = `4${random.digits(15, 10)}`;
      secrets.push(card);
      addText(random, log, card);
    }
    for (let count = random.below(3); count > 0; count--) random.pick(plants)(random, log, secret);
    return secrets;
  };
}

function lettersOf(text: string): string {
  return text.replace(/\d/g, (digit) => "ghijklmnop"[Number(digit)]!);
}

/** Plants header fields in an event that no settings let through. */
export function plantHeaders(random: Random, { request }: Json, secrets: Secrets): void {
  const { headers } = request as { readonly headers: Json };
  const name = random.pick(["Authorization", "cookie", "Set-Cookie", "X-Api-Key", "Proxy-Authorization"]);
  headers[name] = newSecret(random, secrets)();
}

/** Only letters, so that the patterns of masks find it whole. */
function newSecret(random: Random, secrets: Secrets): NewSecret {
  return (form = (text) => text) => {
    const one = form(`leak${lettersOf(random.digits(12))}`);
    secrets.push(one);
    return one;
  };
}

/** Behind a space: a scheme's name that is part of a word is none. */
function addText(random: Random, log: Json, text: string): void {
  const key = random.pick(TEXT_KEYS);
  log[key] = random.oneIn(3) ? text : `${typeof log[key] === "string" ? log[key] : ""} ${text}`;
}

function addMetadata(log: Json, more: Json): void {
  log.metadata = { ...(isObject(log.metadata) ? log.metadata : {}), ...more };
}

/** At its end, but before the query if there is one. */
function addPath(log: Json, more: string): void {
  const path = String(log.resourcePath);
  const [route = "", query] = path.split("?", 2);
  if (more.startsWith("?")) {
    log.resourcePath = query === undefined ? path + more : `${path}&${more.slice(1)}`;
  } else {
    log.resourcePath = route.replace(/\/$/, "") + more + (query === undefined ? "" : `?${query}`);
  }
}
