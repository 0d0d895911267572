/** How often everything is measured. */
export interface Effort {
  /** In how many processes each comparison is made: no two compile the same code alike. */
  readonly processes: number;
  /** Passes through all records before a comparison is measured. */
  readonly warmUps: number;
  readonly rounds: number;
  /** Passes through all records in a round. */
  readonly passes: number;
  readonly starts: number;
  readonly invocations: number;
  readonly imports: number;
}

/** What the figures of docs/internals/performance.md are made with. */
export const FULL: Effort = {
  processes: 3,
  warmUps: 20,
  rounds: 11,
  passes: 2,
  starts: 31,
  invocations: 20,
  imports: 15,
};

/** Enough to see that every part works. */
export const QUICK: Effort = {
  processes: 1,
  warmUps: 0,
  rounds: 1,
  passes: 1,
  starts: 1,
  invocations: 1,
  imports: 1,
};
