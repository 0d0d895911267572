import type { AccessLog } from "./access-log";
import type { FilterRule } from "./settings";
export function createFilter(_rules: readonly FilterRule[] | undefined): ((log: AccessLog) => boolean) | undefined {
  return undefined;
}
