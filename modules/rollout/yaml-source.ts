/** The text of a rollout file: its value, and where in the text each part of it stands. */
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, parseDocument } from "yaml";
import { type Finding, formatPath, type Mistake, type Path } from "./mistakes";
import { type Fault, keyText, Lines, nodeFaults, syntaxFaults } from "./yaml-faults";

/** A parsed text; JSON is YAML too. */
export class YamlSource {
  /** What is wrong with it as YAML. */
  readonly mistakes: readonly Mistake[];
  /** What it says; absent if that cannot be told. */
  readonly content?: { readonly value: unknown };
  readonly #document: Document.Parsed;
  readonly #lines: Lines;
  readonly #linesOfSyntaxErrors: ReadonlySet<number>;
  readonly #cutPaths: ReadonlySet<string>;

  constructor(
    text: string,
    private readonly file: string,
  ) {
    this.#lines = new Lines(text);
    this.#document = parseDocument(text, {
      prettyErrors: false,
      // Keys that stand twice are found below, with their path.
      uniqueKeys: false,
      // That of YAML 1.2, even where the file asks for another version.
      schema: "core",
    });
    const syntax = syntaxFaults(this.#document, this.#lines);
    const faults = [...syntax, ...nodeFaults(this.#document, this.#lines)];
    for (const { cut } of faults) cut?.();
    try {
      this.content = { value: this.#document.toJS() };
    } catch (error) {
      // Aliases that multiply beyond reason, or to what was cut out, which has been told.
      if (!(error instanceof ReferenceError)) throw error;
      if (faults.length === 0) {
        faults.push({ offset: 0, path: [], problem: error.message, fix: "write out the values" });
      }
    }
    this.mistakes = faults.map((fault) => this.#mistake(fault));
    this.#linesOfSyntaxErrors = new Set(syntax.map(({ offset }) => this.#lines.place(offset).line));
    this.#cutPaths = new Set(faults.filter(({ cut }) => cut).map(({ path }) => formatPath(path)));
  }

  /**
   * Finds the place of what is wrong with the value. What may follow from a fault of the text is left out: on lines
   * with errors of syntax, where something was cut out, and, after an error of syntax, all keys that are missing, empty
   * or unknown.
   */
  locate(findings: readonly Finding[]): Mistake[] {
    const erroneous = this.#linesOfSyntaxErrors;
    return findings.flatMap((finding) => {
      const mistake = this.#mistake({ ...finding, offset: this.#offset(finding) });
      const follows = (finding.structural && erroneous.size > 0) || erroneous.has(mistake.line);
      return follows || this.#cutPaths.has(mistake.path) ? [] : [mistake];
    });
  }

  /** A scalar as it is written, without quotes: `012` where the value is 12. */
  writtenAs(path: Path): string | undefined {
    const steps = this.#walk(path);
    const node = steps.length === path.length ? this.#dereference(steps.at(-1)?.value) : undefined;
    return isScalar(node) ? node.source : undefined;
  }

  #mistake({ offset, path, problem, fix }: Fault): Mistake {
    return { file: this.file, ...this.#lines.place(offset), path: formatPath(path), problem, fix };
  }

  /** Of the value, of its key, or of the nearest thing around it that is there. */
  #offset({ path, atKey }: Finding): number {
    const steps = this.#walk(path);
    const last = steps.at(-1);
    const arrived = steps.length === path.length;
    const node = (arrived && atKey && last?.key) || (last ? (last.value ?? last.key) : this.#document.contents);
    return node?.range?.[0] ?? 0;
  }

  /** The nodes on a path, as far as they are there. */
  #walk(path: Path): { key?: Node; value?: Node }[] {
    const steps: { key?: Node; value?: Node }[] = [];
    let node: unknown = this.#document.contents;
    for (const part of path) {
      const step = childOf(this.#dereference(node), part);
      if (!step) break;
      steps.push(step);
      node = step.value;
    }
    return steps;
  }

  #dereference(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }
}

function childOf(node: unknown, part: PropertyKey): { key?: Node; value?: Node } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(part)];
    return isNode(item) ? { value: item } : undefined;
  }
  // Where a key stands twice, the last one is the value's.
  const pair = isMap(node) ? node.items.findLast(({ key }) => keyText(key) === String(part)) : undefined;
  return pair && { ...(isNode(pair.key) && { key: pair.key }), ...(isNode(pair.value) && { value: pair.value }) };
}
