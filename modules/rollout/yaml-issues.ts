/** What is wrong with a rollout file as YAML, before its values are checked. */
import { type Alias, type Document, isAlias, isCollection, isMap, isNode, isScalar, isSeq, Scalar } from "yaml";
import type { Node, YAMLMap } from "yaml";
import { type Issue, type Path, quoted } from "../settings/issue";
import { secretIn, secretsIn } from "./secrets-in-file";
import type { SourceText } from "./source-text";

/** An issue at a place of the text. */
export interface TextIssue extends Issue {
  /** Characters from the start of the text. */
  readonly offset: number;
  /** Removes what has no value, so that the rest can be checked. */
  readonly cut?: () => void;
}

/** What to do about errors of YAML's syntax that do not say it. */
const FIXES: Readonly<Record<string, string>> = {
  BAD_INDENT: "align it with the keys of the same map, and close each bracket that is open above it",
  MISSING_CHAR: "write the missing character; close each quote and bracket",
  MULTIPLE_DOCS: "keep one document, and remove the line '---'",
  MULTILINE_IMPLICIT_KEY:
    "write 'key: value', with a space after the colon, and align it with the keys of the same map",
  TAB_AS_INDENT: "indent with spaces",
  RESOURCE_EXHAUSTION: "use fewer levels",
};

const QUOTE_IT = "put a string in quotes if it holds what YAML reads, such as ': ', ' #', '@', '*' or '['";

/** Placeholders that other tools fill in. */
const TEMPLATE = new RegExp(
  [
    /\$\{[^}]*\}|\$\([^)]*\)|\$[A-Z_][A-Z0-9_]{2,}|^\$[A-Z][A-Z0-9_]*$/, // shells, Terraform
    /\{\{[^}]*\}\}|\{%[^%]*%\}|<%[^%]*%>|%\{[^}]*\}/, // Jinja, Helm, ERB, directives of Terraform
    /%[A-Z_][A-Z0-9_]{2,}%|%\(\w+\)s|@[A-Z_][A-Z0-9_]{2,}@|#\{[^}]*\}|^__[A-Z][A-Z0-9_]*__$/, // Windows, Python, Maven, Azure
    /^<[\w .-]+>$/, // of documentation
  ]
    .map(({ source }) => source)
    .join("|"),
);
const LONGEST_TEMPLATE = 200;
const FILL_IN = "write the value itself, or fill in the file before it is read, for example with envsubst";

/** Regular expressions hold braces of their own. */
const PATTERN_KEYS: readonly unknown[] = ["pattern", "extract", "replacement"];
/** What is sent to Moesif as it is written may hold anything. */
const FREE_KEYS: readonly unknown[] = ["metadata"];

/** Tokens that the parser meets after an error has ended the document. */
const BEHIND_THE_END = /in YAML stream/;

/**
 * Errors of syntax, the first of each line: those behind it mostly follow from it, as what stands behind an early end of
 * the document does.
 */
export function syntaxIssues(document: Document.Parsed, source: SourceText): TextIssue[] {
  const byLine = new Map<number, TextIssue>();
  for (const { code, message, pos } of document.errors) {
    const { line } = source.position(pos[0]);
    if (byLine.has(line) || (byLine.size > 0 && BEHIND_THE_END.test(message))) continue;
    const isSecond = code === "MULTIPLE_DOCS";
    const placeholder = templateAt(pos[0], source);
    byLine.set(
      line,
      placeholder ?? {
        id: isSecond ? "yaml-documents" : "yaml-syntax",
        offset: pos[0],
        path: [],
        message: isSecond ? "a second YAML document begins here" : `not YAML: ${message}`,
        fix: FIXES[code] ?? QUOTE_IT,
      },
    );
  }
  return [...byLine.values()];
}

/** A placeholder of another tool, at which an error of syntax begins: `%NAME%`. */
function templateAt(offset: number, { text }: SourceText): TextIssue | undefined {
  const start = Math.max(0, offset - 1);
  const [line = ""] = text.slice(start, offset + LONGEST_TEMPLATE).split("\n", 1);
  const found = TEMPLATE.exec(line);
  return found ? template(found[0], [], start + found.index) : undefined;
}

/** Issues of well-formed parts: keys, aliases, tags, templates and secrets. */
export function nodeIssues(document: Document.Parsed, source: SourceText): TextIssue[] {
  const issues = otherVersion(document);

  function visit(node: unknown, path: Path, above: readonly Node[], cut: () => void): void {
    if (isAlias(node)) {
      issues.push(...aliasIssues(node, node.resolve(document), above).map((issue) => ({ ...issue, path, cut })));
    }
    if (!isCollection(node) && !isScalar(node)) return;
    issues.push(...foreignTags(node).map((issue) => ({ ...issue, path })));
    const within = [...above, node];
    if (isSeq(node)) {
      node.items.forEach((item, index) => visit(item, [...path, index], within, () => (node.items[index] = null)));
    } else if (isMap(node)) {
      issues.push(...mergeKeys(node, path), ...strangeKeys(node, path, source), ...repeatedKeys(node, path, source));
      for (const pair of node.items) {
        issues.push(...commentedTemplate(pair.value, [...path, keyText(pair.key)]));
        visit(pair.value, [...path, keyText(pair.key)], within, () => (pair.value = null));
      }
    } else if (isScalar(node)) issues.push(...scalarIssues(node, path, source));
  }

  visit(document.contents, [], [], () => (document.contents = null));
  return [...issues, ...otherSecrets(issues, source)];
}

function otherVersion({ directives }: Document.Parsed): TextIssue[] {
  if (directives.yaml.version === "1.2") return [];
  const message = `the file asks for YAML ${directives.yaml.version}, and is read as YAML 1.2`;
  return [{ id: "yaml-version", offset: 0, path: [], message, fix: "remove the line '%YAML'" }];
}

type PathlessIssue = Omit<TextIssue, "path">;

function aliasIssues(alias: Alias, target: Node | undefined, above: readonly Node[]): PathlessIssue[] {
  if (target && !above.includes(target)) return [];
  const name = alias.source;
  const message = target ? `*${name} stands within what it repeats` : `no anchor &${name} stands above`;
  return [{ id: "yaml-alias", offset: offsetOf(alias), message, fix: "write out the value" }];
}

const CORE_TAG = /^(!|tag:yaml\.org,2002:(str|int|float|bool|null|map|seq))$/;

function foreignTags(node: Node): PathlessIssue[] {
  if (node.tag === undefined || CORE_TAG.test(node.tag)) return [];
  const message = `the tag ${node.tag} is not supported`;
  return [{ id: "yaml-tag", offset: offsetOf(node), message, fix: "write the value without a tag" }];
}

/** YAML 1.1 had merge keys; in YAML 1.2, `<<` is a key like any other. */
function mergeKeys(map: YAMLMap, path: Path): TextIssue[] {
  return map.items
    .filter(({ key }) => isScalar(key) && key.value === "<<" && key.type === Scalar.PLAIN)
    .map((pair) => ({
      id: "merge-key",
      offset: offsetOf(pair.key),
      path,
      message: "merge keys (<<) are not supported, aliases are",
      fix: "write settings that several accounts share into defaults, or repeat a whole value by an alias: settings: *name",
      cut: () => without(map, pair),
    }));
}

/** YAML takes any value as a key; JSON, and so this file, takes strings. */
function strangeKeys(map: YAMLMap, path: Path, { text }: SourceText): TextIssue[] {
  const isString = (key: unknown) => isScalar(key) && (typeof key.value !== "object" || key.value === null);
  return map.items
    .filter(({ key }) => !isString(key))
    .map((pair) => {
      const offset = offsetOf(pair.key);
      const cut = () => without(map, pair);
      // `{{ name }}` without quotes is a map whose key is a map.
      const written = TEMPLATE.exec(text.slice(Math.max(0, offset - 1), offset + LONGEST_TEMPLATE));
      if (written?.index === 0) return { ...template(written[0], path, offset - 1), cut };
      const fix = "write a string as the key, in quotes if it begins with a character that YAML reads";
      return { id: "yaml-key", offset, path, message: "a key is not a string", fix, cut };
    });
}

function without(map: YAMLMap, pair: YAMLMap["items"][number]): void {
  map.items = map.items.filter((other) => other !== pair);
}

function repeatedKeys(map: YAMLMap, path: Path, source: SourceText): TextIssue[] {
  const seen = new Map<string, number>();
  return map.items.flatMap(({ key }) => {
    const text = keyText(key);
    const offset = offsetOf(key);
    const first = seen.get(text);
    if (first === undefined) {
      seen.set(text, offset);
      return [];
    }
    const message = `duplicate key ${quoted(text)}, first on line ${source.position(first).line}`;
    return [{ id: "duplicate-key", offset, path: [...path, text], message, fix: "keep one of the two" }];
  });
}

/** Secrets and templates. The value of a secret is replaced, so that no message can show it. */
function scalarIssues(node: Scalar, path: Path, source: SourceText): TextIssue[] {
  const { value } = node;
  if (typeof value !== "string") return [];
  const offset = offsetOf(node);
  const what = secretIn(
    value,
    path.filter((key) => typeof key === "string"),
  );
  if (what !== undefined) {
    source.hide(offset, node.range?.[1] ?? offset);
    Object.assign(node, { value: "***", source: "***" });
    return [secret(what, path, offset)];
  }
  const [written] = TEMPLATE.exec(value) ?? [];
  if (written === undefined || path.some((key) => PATTERN_KEYS.includes(key))) return [];
  const isFree = path.some((key) => FREE_KEYS.includes(key));
  return [{ ...template(written, path, offset), ...(isFree && { severity: "warning" as const }) }];
}

/** `#{NAME}#` without quotes is a comment, and leaves an empty value. */
function commentedTemplate(value: unknown, path: Path): TextIssue[] {
  if (!isScalar(value) || value.value !== null || value.source !== "" || !/^\{[^}]*\}/.test(value.comment ?? ""))
    return [];
  const message = `this looks like a placeholder without quotes: YAML reads ${quoted(`#${value.comment}`)} as a comment`;
  return [{ id: "interpolation", path, offset: offsetOf(value), message, fix: FILL_IN, cut: () => undefined }];
}

function template(written: string, path: Path, offset: number): TextIssue {
  const message = `nothing is interpolated in this file: ${quoted(written)} is taken as it is written`;
  return { id: "interpolation", path, offset, message, fix: FILL_IN };
}

function secret(what: string, path: Path, offset: number): TextIssue {
  const setting = path.find((part): part is SecretSetting => typeof part === "string" && part in NAMES_OF_SECRETS);
  if (setting !== undefined) {
    const message = `this looks like the secret itself, ${what}; expected its name or ARN`;
    const fix = `put it into AWS Secrets Manager, and write ${setting}: {secretName: ${NAMES_OF_SECRETS[setting]}}`;
    return { id: "secret", path, offset, message, fix };
  }
  const fix = "remove it and revoke it: this file is kept in a repository, and its values in Terraform's files";
  return { id: "secret", path, offset, message: `this looks like ${what}`, fix };
}

type SecretSetting = keyof typeof NAMES_OF_SECRETS;
/** Settings that say where a secret is kept, with an example of its name. */
const NAMES_OF_SECRETS = { applicationId: "moesif/application-id", hashKey: "moesif/hash-key" };

/** Secrets in comments, keys and what is no YAML. */
function otherSecrets(issues: readonly TextIssue[], source: SourceText): TextIssue[] {
  const lines = new Set(issues.filter(({ id }) => id === "secret").map(({ offset }) => source.position(offset).line));
  const others: TextIssue[] = [];
  for (const { offset, length, what } of secretsIn(source.text)) {
    if (source.isHidden(offset) || lines.has(source.position(offset).line)) continue;
    source.hide(offset, offset + length);
    others.push(secret(what, [], offset));
  }
  return others;
}

function offsetOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

/** The string that a key has in the value. */
export function keyText(key: unknown): string {
  return isScalar(key) && key.value !== null ? String(key.value) : "";
}
