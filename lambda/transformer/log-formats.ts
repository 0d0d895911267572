/**
 * Reads access logs by the formats of the APIs that wrote them. All logs of a format have the same keys in the same order:
 * a regular expression made of these reads one in half the time of `JSON.parse`, and proves that its text is compact: the
 * shortest JSON of an object that holds texts alone, without escapes, and with no key twice.
 */
import type { AccessLog } from "./access-log";
import { IDENTITY_TARGETS } from "./key-rules";

/** A text that JSON writes as it is. */
const PLAIN_TEXT = '([^"\\\\\\x00-\\x1f]*)';

/** A stream has the formats of a few APIs, but records could have any: how many are known is bounded. */
const MOST_FORMATS = 16;
const MOST_KEYS = 100;

interface LogFormat {
  readonly keys: readonly string[];
  readonly pattern: RegExp;
  /**
   * An object with these keys and those that say who the caller is. It is never read: as long as there is one, V8 gives
   * its shape to all objects that get these keys one by one. Without, those of many keys would become hash tables, which
   * are slow to go through.
   */
  readonly example: object;
}

/** The formats that were seen, up to a bound. */
export class LogFormats {
  /** The one that was read last comes first. */
  readonly #formats: LogFormat[] = [];

  /** The object that `JSON.parse` makes of a compact text, if its format is known; `undefined` for any other text. */
  read(text: string): AccessLog | undefined {
    const formats = this.#formats;
    for (let index = 0; index < formats.length; index++) {
      const format = formats[index]!;
      const values = format.pattern.exec(text);
      if (values !== null) {
        formats[index] = formats[0]!;
        formats[0] = format;
        return logOf(format, values);
      }
    }
    return undefined;
  }

  /**
   * Learns the format of a log that could not be read.
   *
   * @param text the JSON that it was parsed from: its format is learned if this is compact
   */
  learn(log: AccessLog, text: string): void {
    const keys = Object.keys(log);
    if (this.#formats.length < MOST_FORMATS && keys.length <= MOST_KEYS && isCompact(log, text)) {
      const example = Object.fromEntries([...keys, ...IDENTITY_TARGETS].map((key) => [key, ""]));
      this.#formats.push({ keys, pattern: patternOf(keys), example });
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

function isCompact(log: AccessLog, text: string): boolean {
  return (
    !text.includes("\\") &&
    Object.values(log).every((value) => typeof value === "string") &&
    JSON.stringify(log) === text &&
    // Assigned to, it would be no key.
    !Object.hasOwn(log, "__proto__")
  );
}

function patternOf(keys: readonly string[]): RegExp {
  const members = keys.map((key) => `"${key.replaceAll(/\W/g, "\\$&")}":"${PLAIN_TEXT}"`);
  return new RegExp(`^\\{${members.join()}\\}$`);
}
