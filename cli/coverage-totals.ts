/** How many stages are covered, and what that means for who asked. */
import type { Look } from "./coverage-look";

/** Over all accounts and regions that could be looked at. */
export interface CoverageTotals {
  /** Stages that there are. */
  readonly stages: number;
  /** Stages that are wanted, whether there or not. */
  readonly wanted: number;
  /** Wanted stages whose calls Moesif gets. */
  readonly covered: number;
  /** Wanted stages whose calls it does not get. */
  readonly uncovered: number;
  /** Accounts and regions that could not be looked at. */
  readonly errors: number;
}

export function coverageTotals(looks: readonly Look[]): CoverageTotals {
  const rows = looks.flatMap(({ rows }) => rows ?? []);
  const wanted = rows.filter((row) => row.wanted);
  const covered = wanted.filter((row) => row.covered).length;
  return {
    stages: rows.filter(({ state }) => state !== "missing").length,
    wanted: wanted.length,
    covered,
    uncovered: wanted.length - covered,
    errors: looks.filter(({ error }) => error !== undefined).length,
  };
}

/** 2 where not everything is known, 1 where a wanted stage is not covered, else 0. */
export function exitCodeOf({ errors, uncovered }: CoverageTotals): 0 | 1 | 2 {
  if (errors > 0) return 2;
  return uncovered > 0 ? 1 : 0;
}
