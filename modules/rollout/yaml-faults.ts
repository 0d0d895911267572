/** What is wrong with a rollout file as YAML, before anybody asks what it says. */
import { type Alias, type Document, isAlias, isCollection, isMap, isNode, isScalar, isSeq } from "yaml";
import type { Node, YAMLMap } from "yaml";
import type { Path } from "./mistakes";

/** A fault at a place of the text. */
export interface Fault {
  /** Characters from the begin of the text. */
  readonly offset: number;
  readonly path: Path;
  readonly problem: string;
  readonly fix: string;
  /** Takes out what has no value, so that the rest can be read. */
  readonly cut?: () => void;
}

/**
 * Lines and columns of a text, both counted from 1. The line counter of `yaml` misses the lines that a syntax error
 * swallows, and an error at the end of the input has an offset behind the text: every place here is one of the text.
 */
export class Lines {
  readonly #starts: readonly number[];

  constructor(private readonly text: string) {
    this.#starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  }

  place(offset: number): { line: number; column: number } {
    const within = Math.min(Math.max(offset, 0), this.text.length);
    const line = this.#starts.findLastIndex((start) => start <= within);
    return { line: line + 1, column: within - this.#starts[line]! + 1 };
  }
}

/** What helps against YAML's errors, where the error alone does not say. */
const REMEDIES: Readonly<Record<string, string>> = {
  BAD_INDENT: "align it with the keys beside it, and close each bracket that is open above it",
  MISSING_CHAR: "write the missing sign; a quote or bracket that is opened must be closed",
  MULTIPLE_DOCS: "keep one document, and take out the line '---'",
  MULTILINE_IMPLICIT_KEY: "write 'key: value', with a space after the colon, and align it with the keys beside it",
  TAB_AS_INDENT: "indent with spaces",
  RESOURCE_EXHAUSTION: "write it with fewer levels",
};

const OTHERWISE = "put a text in quotes if it holds a sign that YAML reads, such as ': ', ' #', '@', '*' or '['";

/** Errors of syntax, the first of each line: those behind it mostly follow from it. */
export function syntaxFaults(document: Document.Parsed, lines: Lines): Fault[] {
  const byLine = new Map<number, Fault>();
  for (const { code, message, pos } of document.errors) {
    const { line } = lines.place(pos[0]);
    if (byLine.has(line)) continue;
    const problem = code === "MULTIPLE_DOCS" ? "a second YAML document begins here" : `not YAML: ${message}`;
    byLine.set(line, { offset: pos[0], path: [], problem, fix: REMEDIES[code] ?? OTHERWISE });
  }
  return [...byLine.values()];
}

/**
 * Faults of well-formed parts: keys that are no text or stand twice, aliases that lead nowhere or into themselves,
 * foreign tags.
 */
export function nodeFaults(document: Document.Parsed, lines: Lines): Fault[] {
  const faults = otherVersion(document);

  function visit(node: unknown, path: Path, above: readonly Node[], cut: () => void): void {
    if (isAlias(node)) {
      const found = aliasFaults(node, node.resolve(document), above);
      faults.push(...found.map((fault) => ({ ...fault, path, cut })));
    }
    if (!isCollection(node) && !isScalar(node)) return;
    faults.push(...foreignTags(node).map((fault) => ({ ...fault, path })));
    const within = [...above, node];
    if (isSeq(node)) {
      node.items.forEach((item, index) => visit(item, [...path, index], within, () => (node.items[index] = null)));
    } else if (isMap(node)) {
      faults.push(...strangeKeys(node, path), ...repeatedKeys(node, path, lines));
      for (const pair of node.items) {
        visit(pair.value, [...path, keyText(pair.key)], within, () => (pair.value = null));
      }
    }
  }

  visit(document.contents, [], [], () => (document.contents = null));
  return faults;
}

function otherVersion({ directives }: Document.Parsed): Fault[] {
  if (directives.yaml.version === "1.2") return [];
  const problem = `the file asks for YAML ${directives.yaml.version}, and is read as 1.2`;
  return [{ offset: 0, path: [], problem, fix: "take out the line '%YAML'" }];
}

type PlacelessFault = Omit<Fault, "path">;

function aliasFaults(alias: Alias, target: Node | undefined, above: readonly Node[]): PlacelessFault[] {
  if (target && !above.includes(target)) return [];
  const name = alias.source;
  const problem = target ? `*${name} stands within what it repeats` : `nothing is called &${name} above`;
  return [{ offset: offsetOf(alias), problem, fix: "write out the value" }];
}

const CORE_TAG = /^(!|tag:yaml\.org,2002:(str|int|float|bool|null|map|seq))$/;

function foreignTags(node: Node): PlacelessFault[] {
  if (node.tag === undefined || CORE_TAG.test(node.tag)) return [];
  const problem = `the tag ${node.tag} has no meaning here`;
  return [{ offset: offsetOf(node), problem, fix: "write the value without a tag" }];
}

/** YAML allows any key; JSON, and so this file, knows texts alone. */
function strangeKeys(map: YAMLMap, path: Path): Fault[] {
  const isText = (key: unknown) => isScalar(key) && (typeof key.value !== "object" || key.value === null);
  const fix = "write a text as the key, in quotes if it begins with a sign that YAML reads";
  return map.items
    .filter(({ key }) => !isText(key))
    .map((pair) => {
      const cut = () => (map.items = map.items.filter((other) => other !== pair));
      return { offset: offsetOf(pair.key), path, problem: "a key is no text", fix, cut };
    });
}

function repeatedKeys(map: YAMLMap, path: Path, lines: Lines): Fault[] {
  const seen = new Map<string, number>();
  return map.items.flatMap(({ key }) => {
    const text = keyText(key);
    const offset = offsetOf(key);
    const first = seen.get(text);
    if (first === undefined) {
      seen.set(text, offset);
      return [];
    }
    const { line } = lines.place(first);
    const problem = `'${text}' stands here again, after line ${line}`;
    return [{ offset, path: [...path, text], problem, fix: "keep one of the two" }];
  });
}

function offsetOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

/** The text that a key has in the value. */
export function keyText(key: unknown): string {
  return isScalar(key) && key.value !== null ? String(key.value) : "";
}
