/** What a check of a target has to say. */
import type { Path } from "./mistakes";

/** What is wrong with a value for one target; the same value may be wrong for several, which are told together. */
export interface Complaint {
  readonly path: Path;
  readonly problem: (targets: string) => string;
  readonly fix: string;
  readonly structural?: boolean;
}
