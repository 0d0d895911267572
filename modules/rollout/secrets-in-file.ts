/** Secrets in a rollout file: the file is kept in a repository, and what it says is written into Terraform's JSON. */
import { isSecretValue } from "../../lambda/secrets/names";
import { HIDDEN_MASK } from "../../lambda/secrets/placeholders";
import { SERVICE_TOKEN } from "../../lambda/secrets/service-tokens";
import { SHAPES } from "../../lambda/secrets/shapes";

/** A secret by its shape. These are stricter than the shapes that the transformer redacts: a false alarm refuses a file. */
interface Shape {
  readonly what: string;
  readonly matches: (text: string) => Iterable<string>;
}

const WEB_TOKEN = "a JSON Web Token";

const found = (pattern: RegExp) => (text: string) => Array.from(text.matchAll(pattern), ([match]) => match);
const privateKeys = SHAPES.find(({ name }) => name === "private-key")!;

const SHAPES_IN_FILE: readonly Shape[] = [
  { what: "a private key", matches: masked(privateKeys.mask) },
  // Each begins with `{"` in base64url. Cut off, it has no dot.
  { what: WEB_TOKEN, matches: found(/(?<![A-Za-z0-9_-])eyJ[\w-]{7,}(?:\.[\w-]*){0,4}/g) },
  { what: "an access key", matches: (text) => found(SERVICE_TOKEN)(text).filter(isRandom) },
  { what: "a password in a URL", matches: found(/(?<=:\/\/[^\s/?#@:"']*:)[^\s/?#@"']+(?=@)/g) },
  {
    what: "a value of an Authorization header",
    matches: found(/(?<=\b(?:bearer|basic)[ :]\s{0,2})(?=[A-Za-z+/=_.-]*\d)[\w+/=.-]{16,}/gi),
  },
  { what: "an AWS secret access key", matches: (text) => found(AWS_SECRET_KEY)(text).filter(isAwsSecretKey) },
];

const AWS_SECRET_KEY = /(?<![A-Za-z0-9/+=._-])[A-Za-z0-9+][A-Za-z0-9/+]{39}(?![A-Za-z0-9/+=._-])/g;

/** A name such as `sk-bratislava-production` is no token. */
function isRandom(token: string): boolean {
  return /\d/.test(token) && (!token.startsWith("sk-") || /[A-Z]/.test(token));
}

/** 40 random characters: of a path or a hash, fewer are different. */
function isAwsSecretKey(text: string): boolean {
  return [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(text)) && entropy(text) > 4.3;
}

/** Shannon's, in bits for each character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

/** What a rule of the transformer masks. */
function masked(mask: (text: string) => string): Shape["matches"] {
  return (text) => {
    const left = mask(text);
    if (left === text) return [];
    const [before = "", ...others] = left.split(HIDDEN_MASK);
    const after = others.at(-1) ?? "";
    return [text.slice(before.length, text.length - after.length)];
  };
}

/** Of a secret that is known by its shape, a password in a URL included. */
const SHORTEST = 15;

/** A random part of at least 16 letters and digits: no word, no name of a secret. */
const RANDOM_PART = /(?<![A-Za-z0-9])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{16,}(?![A-Za-z0-9])/;
/** What `openssl rand -hex` and `-base64` print: no name of a secret. */
const KEY = /^(?:[0-9a-f]{32,}|[0-9A-F]{32,}|[A-Za-z0-9+/]{21,}={1,2})$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * What kind of secret a value is, if it is one.
 *
 * @param keys from the root of the file to the value
 */
export function secretIn(value: string, keys: readonly string[]): string | undefined {
  const isShort = value.length < SHORTEST && !value.startsWith("eyJ");
  if (isShort || value.startsWith("arn:")) return undefined;
  const shape = SHAPES_IN_FILE.find(({ matches }) => [...matches(value)].length > 0);
  if (shape) return shape.what;
  // Moesif's application ids are JSON Web Tokens: also the beginning of one.
  if (value.startsWith("eyJ") && keys.includes("applicationId")) return WEB_TOKEN;
  if (keys.at(-1) === "secretName" && KEY.test(value)) return "a secret";
  return isSecretValue(keys.at(-1) ?? "", value) && (RANDOM_PART.test(value) || UUID.test(value))
    ? "a secret"
    : undefined;
}

/** A text in which each secret that is known by its shape is replaced. */
export function withoutSecrets(text: string): string {
  return SHAPES_IN_FILE.flatMap(({ matches }) => [...matches(text)]).reduce(
    (left, secret) => left.replaceAll(secret, "***"),
    text,
  );
}

/** Where in a text secrets stand that are known by their shape, also in comments and keys. */
export function* secretsIn(text: string): Generator<{ offset: number; length: number; what: string }> {
  for (const { what, matches } of SHAPES_IN_FILE) {
    let from = 0;
    for (const secret of matches(text)) {
      const offset = text.indexOf(secret, from);
      yield { offset, length: secret.length, what };
      from = offset + secret.length;
    }
  }
}
