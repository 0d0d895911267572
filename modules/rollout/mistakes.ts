/** What is wrong in a rollout file, where, and what would be right. */

/** Keys and indices that lead from the root of a file to a value. */
export type Path = readonly PropertyKey[];

/** A mistake that has yet to be found in the text. */
export interface Finding {
  /** Of the value; where a key is missing, of that key. */
  readonly path: Path;
  readonly problem: string;
  readonly fix: string;
  /** The key itself is wrong, not its value. */
  readonly atKey?: boolean;
  /** A key is missing, empty or unknown, which may follow from a syntax error somewhere else. */
  readonly structural?: boolean;
}

/** One mistake in a rollout file. */
export interface Mistake {
  /** The file, as the caller named it. */
  readonly file: string;
  /** From 1. Of the value; of the key if the key is wrong; of the parent if a key is missing. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Such as `accounts[0].regions[1].name`; empty for the whole file and for its syntax. */
  readonly path: string;
  /** What is wrong. */
  readonly problem: string;
  /** What would be right. */
  readonly fix: string;
}

/** Thrown when a rollout file has mistakes; names every one of them. */
export class RolloutError extends Error {
  /** @param mistakes in the order of the file */
  constructor(readonly mistakes: readonly Mistake[]) {
    super(mistakes.map(formatMistake).join("\n"));
    this.name = "RolloutError";
  }
}

/** `rollout.yaml:12:9  accounts[0].regions[1].name  <problem>`, and the fix on a line of its own. */
function formatMistake({ file, line, column, path, problem, fix }: Mistake): string {
  const where = [`${file}:${line}:${column}`, path, problem].filter((part) => part !== "");
  return `${where.join("  ")}\n    fix: ${fix}`;
}

/** Sorts by position, and leaves out what is told already. */
export function inOrder(mistakes: readonly Mistake[]): Mistake[] {
  const unlike = new Map(mistakes.map((mistake) => [formatMistake(mistake), mistake]));
  return [...unlike.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** A path as one would write it in JavaScript. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    if (!/^[A-Za-z_$][\w$]*$/.test(String(key))) return `${text}[${JSON.stringify(String(key))}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}
