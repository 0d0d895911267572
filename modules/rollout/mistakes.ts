/** What a check of several values finds. */
import { formatPath as format } from "../settings/issue";

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

/** A path as one would write it in JavaScript. */
export function formatPath(path: Path): string {
  return format(path as readonly (string | number)[]);
}
