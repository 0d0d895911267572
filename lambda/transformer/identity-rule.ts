/** One identity rule, prepared: where its value is found, and what is made of it. */
import { type AccessLog, isAbsent } from "./access-log";
import { identifyingText, readField } from "./field";
import { LONGEST_TEXT } from "./masks";
import type { Redaction } from "./redact";
import type { IdentityRule, IdentitySource } from "./settings";

/** A prepared rule. */
export interface PreparedRule {
  /** The identity that it finds in a record; `undefined` if it finds none. */
  readonly find: (log: AccessLog) => string | undefined;
  /** The keys and paths that it reads. */
  readonly fields: readonly string[];
  /** Whether it has a map: then it is to be asked before the redaction. */
  readonly mapped: boolean;
  /** The texts of the settings that can become part of an identity. */
  readonly texts: readonly string[];
}

type Find = PreparedRule["find"];

/** What a value becomes; `undefined` if it is passed over. */
type Change = (value: string) => string | undefined;

/** The key that a rule names and copies as it is; `undefined` for every other rule. */
export function plainKey(rule: IdentityRule): string | undefined {
  const { from, extract, lowerCase, map } = sourceOf(rule);
  const copies = extract === undefined && !lowerCase && map === undefined;
  return copies && from !== undefined && !from.includes(".") ? from : undefined;
}

/**
 * Prepares a rule: its value is read, then extracted from, then made lower case, then looked up.
 *
 * @throws SyntaxError for a pattern that is none: then the function must not work.
 */
export function prepareRule(rule: IdentityRule, search: Redaction["search"]): PreparedRule {
  const source = sourceOf(rule);
  const { from, template, map } = source;
  const value = template === undefined ? readText(from ?? "") : fillTemplate(template, search);
  const changed = changing(source, search);
  const mapping = map && mapOf(source);
  return {
    find: (log) => {
      const found = value.find(log);
      const made = found === undefined ? undefined : changed(found);
      return made === undefined || !mapping ? made : mapping.get(made);
    },
    fields: value.fields,
    mapped: mapping !== undefined,
    texts: mapping ? [...mapping.values()] : value.texts,
  };
}

function sourceOf(rule: IdentityRule): IdentitySource {
  return typeof rule === "string" ? { from: rule } : rule;
}

/** A rule's value before anything is made of it. */
type Value = Pick<PreparedRule, "find" | "fields" | "texts">;

function readText(from: string): Value {
  const read = readField(from);
  return { find: (log) => identifyingText(read(log)), fields: [from], texts: [] };
}

/** Of `{stage}:{principalId}`, the texts between the fields and the fields take turns. */
const TEMPLATE_FIELD = /\{([^{}]*)\}/;

function fillTemplate(template: string, search: Redaction["search"]): Value {
  const parts = template.split(TEMPLATE_FIELD);
  const [texts, fields] = [parts.filter((_, index) => index % 2 === 0), parts.filter((_, index) => index % 2 === 1)];
  const reads = fields.map((field) => readText(field).find);
  const find: Find = (log) => {
    let filled = texts[0]!;
    for (const [index, read] of reads.entries()) {
      const value = read(log);
      // Of nothing but a mark, everybody would be the same one.
      if (value === undefined || search(value, same) === undefined) {
        return undefined;
      }
      filled += value + texts[index + 1]!;
    }
    return filled;
  };
  return { find, fields, texts };
}

function changing({ extract, lowerCase = false }: IdentitySource, search: Redaction["search"]): Change {
  const lower: Change = lowerCase ? (value) => value.toLowerCase() : same;
  if (extract === undefined) {
    return lowerCase ? (value) => search(value, lower) : same;
  }
  const pattern = new RegExp(extract, "su");
  const find: Change = (text) => {
    const match = pattern.exec(text);
    const found = match?.[match.length > 1 ? 1 : 0];
    return isAbsent(found) ? undefined : lower(found!);
  };
  // A pattern that was found safe takes time in proportion to the square of the text at worst.
  return (value) => (value.length > LONGEST_TEXT ? undefined : search(value, find));
}

/** A map, since in an object a value called `constructor` would find something. */
function mapOf({ map = {}, lowerCase = false }: IdentitySource): ReadonlyMap<string, string> {
  const entries = Object.entries(map).filter(([, identity]) => !isAbsent(identity));
  return new Map(entries.map(([value, identity]) => [lowerCase ? value.toLowerCase() : value, identity]));
}

function same(value: string): string {
  return value;
}
