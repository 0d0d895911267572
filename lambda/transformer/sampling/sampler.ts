import type { AccessLog } from "../access-log";
export interface Sampler {
  readonly weigh: (log: AccessLog, dedupeId: () => string) => number;
}
