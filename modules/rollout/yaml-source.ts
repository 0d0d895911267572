/** A rollout file as YAML: its value, and where each part of it stands in the text. */
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, parseDocument, type YAMLMap } from "yaml";
import { formatPath, type Issue, type Path } from "../settings/issue";
import { RULES } from "../settings/rules";
import type { PlacedIssue } from "./rollout-error";
import { withoutSecrets } from "./secrets-in-file";
import type { SourceText } from "./source-text";
import { keyText, nodeIssues, syntaxIssues, type TextIssue } from "./yaml-issues";

/** These are about the key, not its value. */
const OF_KEY: readonly string[] = ["unknown-key", "invalid-key"];
/** These are about a key of a record: in a rule of the filter a key of the file, elsewhere a value. */
const OF_RECORD_KEY: readonly string[] = ["record-key", "unknown-record-key"];
const FILTER_ACTIONS: readonly unknown[] = ["drop", "keep"];
/** These may follow from an error of syntax somewhere else, or from what a merge key would bring. */
const STRUCTURAL: ReadonlySet<string> = new Set([
  "unknown-key",
  "missing-key",
  "empty-value",
  "application-id-missing",
  ...RULES.map(({ id }) => id),
]);
/** With one of these, nothing else is said of the same value. */
const OF_WHOLE_VALUE: readonly string[] = ["secret", "interpolation"];

/** A parsed text; JSON is YAML too. */
export class YamlSource {
  /** What is wrong with it as YAML. */
  readonly issues: readonly PlacedIssue[];
  /** What it says; absent if that cannot be known. */
  readonly content?: { readonly value: unknown };
  readonly #document: Document.Parsed;
  readonly #structureIsUnclear: boolean;
  readonly #linesOfSyntaxErrors: ReadonlySet<number>;
  readonly #cutPaths: ReadonlySet<string>;
  readonly #settledOffsets: ReadonlySet<number>;
  readonly #pairs = new WeakMap<YAMLMap, Map<string, YAMLMap["items"][number]>>();

  constructor(private readonly source: SourceText) {
    this.#document = parseDocument(source.text, {
      prettyErrors: false,
      // Duplicate keys are found below, with their path.
      uniqueKeys: false,
      // That of YAML 1.2, even where the file asks for another version.
      schema: "core",
    });
    const syntax = syntaxIssues(this.#document, source);
    const issues = withoutFollowing(syntax, nodeIssues(this.#document, source), source);
    for (const { cut } of issues) cut?.();
    try {
      this.content = { value: this.#document.toJS() };
    } catch (error) {
      // Aliases that multiply beyond reason, or to what was cut out, which is an issue already.
      if (!(error instanceof ReferenceError)) throw error;
      if (issues.length === 0) issues.push(tooManyAliases);
    }
    this.issues = issues.map((issue) => this.#place(issue));
    this.#structureIsUnclear = syntax.length > 0 || issues.some(({ id }) => id === "merge-key");
    this.#linesOfSyntaxErrors = new Set(syntax.map(({ offset }) => source.position(offset).line));
    this.#cutPaths = new Set(issues.filter(({ cut }) => cut).map(({ path }) => formatPath(path)));
    this.#settledOffsets = new Set(issues.filter(({ id }) => OF_WHOLE_VALUE.includes(id)).map(({ offset }) => offset));
  }

  /**
   * Finds the position of issues with the value. What may follow from an issue with the text is left out: on lines with
   * errors of syntax, where something was cut out, on a secret, and, after an error of syntax or a merge key, all keys
   * that are missing, empty or unknown, and rules between settings.
   */
  locate(issues: readonly Issue[]): PlacedIssue[] {
    return issues.flatMap((issue) => {
      const offset = this.#offset(issue);
      const isConsequence =
        (this.#structureIsUnclear && STRUCTURAL.has(issue.id)) ||
        this.#settledOffsets.has(offset) ||
        this.#cutPaths.has(formatPath(issue.path)) ||
        (this.#linesOfSyntaxErrors.size > 0 && this.#linesOfSyntaxErrors.has(this.source.position(offset).line));
      return isConsequence ? [] : [this.#place({ ...issue, offset })];
    });
  }

  /** A scalar as it is written, without quotes: `012` where the value is 12. */
  writtenAs(path: Path): string | undefined {
    const steps = this.#walk(path);
    const node = steps.length === path.length ? this.#dereference(steps.at(-1)?.value) : undefined;
    return isScalar(node) ? node.source : undefined;
  }

  #place({ offset, cut: _, ...issue }: TextIssue): PlacedIssue {
    const placed = { ...issue, file: this.source.file, ...this.source.position(offset) };
    if (!this.source.holdsSecrets) return placed;
    return {
      ...placed,
      path: issue.path.map((key) => (typeof key === "string" ? withoutSecrets(key) : key)),
      message: withoutSecrets(issue.message),
      ...(issue.fix !== undefined && { fix: withoutSecrets(issue.fix) }),
    };
  }

  /** Of the value, of its key, or of the nearest thing around it that is there. */
  #offset({ path, id }: Issue): number {
    const steps = this.#walk(path);
    const last = steps.at(-1);
    const arrived = steps.length === path.length;
    const node =
      (arrived && isOfKey({ path, id }) && last?.key) || (last ? (last.value ?? last.key) : this.#document.contents);
    return node?.range?.[0] ?? 0;
  }

  /** The nodes on a path, as far as they are there. */
  #walk(path: Path): { key?: Node; value?: Node }[] {
    const steps: { key?: Node; value?: Node }[] = [];
    let node: unknown = this.#document.contents;
    for (const part of path) {
      const step = this.#childOf(this.#dereference(node), part);
      if (!step) break;
      steps.push(step);
      node = step.value;
    }
    return steps;
  }

  #dereference(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  #childOf(node: unknown, part: string | number): { key?: Node; value?: Node } | undefined {
    if (isSeq(node)) {
      const item = node.items[Number(part)];
      return isNode(item) ? { value: item } : undefined;
    }
    const pair = isMap(node) ? this.#pairsOf(node).get(String(part)) : undefined;
    return pair && { ...(isNode(pair.key) && { key: pair.key }), ...(isNode(pair.value) && { value: pair.value }) };
  }

  /** Of a duplicate key, the last pair is the value's. */
  #pairsOf(map: YAMLMap): Map<string, YAMLMap["items"][number]> {
    let pairs = this.#pairs.get(map);
    if (!pairs) this.#pairs.set(map, (pairs = new Map(map.items.map((pair) => [keyText(pair.key), pair]))));
    return pairs;
  }
}

/** Without the errors of syntax that a placeholder of another tool makes on its line: `{{ name }}-x`. */
function withoutFollowing(syntax: readonly TextIssue[], others: readonly TextIssue[], source: SourceText): TextIssue[] {
  const lineOf = ({ offset }: TextIssue) => source.position(offset).line;
  const lines = new Set(others.filter(({ id }) => id === "interpolation").map(lineOf));
  return [...syntax.filter((issue) => !lines.has(lineOf(issue))), ...others];
}

function isOfKey({ path, id }: Pick<Issue, "path" | "id">): boolean {
  return OF_KEY.includes(id) || (OF_RECORD_KEY.includes(id) && FILTER_ACTIONS.includes(path.at(-2)));
}

const tooManyAliases: TextIssue = {
  id: "alias-expansion",
  offset: 0,
  path: [],
  message: "the aliases of this file repeat too much",
  fix: "write out the values",
};
