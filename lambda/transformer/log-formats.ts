/**
 * Reads access logs by the formats of the APIs that wrote them. All logs of a format have the same keys in the same order
 * and the same spacing: a regular expression made of these reads one in half the time of `JSON.parse`, and proves that
 * it holds only texts, without escapes, and no key twice.
 */
import type { AccessLog } from "./access-log";
import { IDENTITY_TARGETS } from "./redact";
import { holdsEntry } from "../secrets/lists";
import { mayNameSecret } from "../secrets/names";
import type { Spans } from "../secrets/search";

/** A text that JSON writes as it is. */
const PLAIN_TEXT = '([^"\\\\\\x00-\\x1f]*)';

/** White space, and what may stand around the texts of an object. */
const SPACING = /^(?<open>\s*\{\s*)"[^"]*"(?<colon>\s*:\s*)"[^"]*"(?:(?<comma>\s*,\s*)".*")?(?<close>\s*\}\s*)$/s;

/** A stream has the formats of a few APIs, but records could have any: how many are known is bounded. */
const MOST_FORMATS = 16;
const MOST_KEYS = 100;

/** How the texts of the logs of a format are written. */
export interface LogFormat extends Spans {
  readonly keys: readonly string[];
  /** What stands between a key and its value: `:`, mostly, with the white space around it. */
  readonly colon: string;
  /** What stands behind the last value. */
  readonly close: string;
  readonly pattern: RegExp;
  /** Whether a key names a secret, or values may be named by others. */
  readonly namesSecret: boolean;
  /**
   * An object with these keys and those that say who the caller is. It is never read: as long as there is one, V8 gives
   * its shape to all objects that get these keys one by one. Without, those of many keys would become hash tables, which
   * are slow to go through.
   */
  readonly example: object;
}

/** A log of a known format. */
interface ReadLog {
  readonly log: AccessLog;
  readonly format: LogFormat;
  /** See {@link Documents.values}. */
  readonly values: readonly string[];
}

/** The formats that were seen, up to a bound. */
export class LogFormats {
  /** The one that was read last comes first. */
  readonly #formats: LogFormat[] = [];

  /** The object that `JSON.parse` makes of a text, if its format is known; `undefined` for any other text. */
  read(text: string): ReadLog | undefined {
    const formats = this.#formats;
    for (let index = 0; index < formats.length; index++) {
      const format = formats[index]!;
      const values = format.pattern.exec(text);
      if (values !== null) {
        formats[index] = formats[0]!;
        formats[0] = format;
        return { log: logOf(format, values), format, values };
      }
    }
    return undefined;
  }

  /** Learns the format of a log that could not be read, from the text that it was parsed from. */
  learn(log: AccessLog, text: string): void {
    if (this.#formats.length < MOST_FORMATS) {
      const format = formatOf(log, text);
      if (format !== undefined) {
        this.#formats.push(format);
      }
    }
  }
}

/** Not a copy of the example: V8 would make a shape of its own for each copy that gets a further key. */
function logOf({ keys }: LogFormat, values: readonly string[]): AccessLog {
  const log: AccessLog = {};
  for (let index = 0; index < keys.length; index++) {
    log[keys[index]!] = values[index + 1];
  }
  return log;
}

function formatOf(log: AccessLog, text: string): LogFormat | undefined {
  const keys = Object.keys(log);
  if (keys.length > MOST_KEYS || text.includes("\\") || !keys.every((key) => typeof log[key] === "string")) {
    return undefined;
  }
  const { open = "", colon = "", comma = "", close = "" } = SPACING.exec(text)?.groups ?? {};
  const written = open + keys.map((key) => `"${key}"${colon}"${log[key] as string}"`).join(comma) + close;
  // Assigned to, `__proto__` would be no key.
  if (written !== text || Object.hasOwn(log, "__proto__")) {
    return undefined;
  }
  const patterns = keys.map((key) => `${literal(`"${key}"${colon}`)}"${PLAIN_TEXT}"`);
  const pattern = new RegExp(`^${literal(open)}${patterns.join(literal(comma))}${literal(close)}$`);
  const gaps = keys.map((key, index) => (index === 0 ? open.length : comma.length + 1) + key.length + colon.length + 3);
  const example = Object.fromEntries([...keys, ...IDENTITY_TARGETS].map((key) => [key, ""]));
  return {
    keys,
    colon,
    close,
    pattern,
    namesSecret: keys.some(mayNameSecret) || holdsEntry(keys),
    gaps,
    harmless: keys.map(() => ""),
    example,
  };
}

function literal(text: string): string {
  return text.replaceAll(/\W/g, "\\$&");
}
