/**
 * One shape for every access log: what API Gateway prints for "no value" is removed, what Moesif requires is there.
 */
import { type AccessLog, isAbsent, REQUIRED_KEYS } from "./access-log";
import type { JsonValue } from "./settings";

const required: ReadonlySet<string> = new Set(REQUIRED_KEYS);

/**
 * Removes optional keys without a value. Moesif tests the required keys for presence only, so these stay as they are.
 *
 * @returns whether it removed any
 */
export function normalise(log: AccessLog): boolean {
  let changed = false;
  for (const key in log) {
    if (isAbsent(log[key]) && !required.has(key)) {
      log[key] = undefined;
      changed = true;
    }
  }
  if (log.metadata !== undefined) {
    const present = withoutAbsent(log.metadata);
    changed ||= present !== log.metadata;
    log.metadata = present;
  }
  return changed;
}

/** The access-log format may fill `metadata` by variables, which are as often without a value as any other. */
function withoutAbsent(metadata: JsonValue): JsonValue {
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) {
    return metadata;
  }
  const entries = Object.entries(metadata);
  const present = entries.filter(([, value]) => !isAbsent(value));
  return present.length === entries.length ? metadata : Object.fromEntries(present);
}
