/**
 * One shape for every access log: what API Gateway prints for "no value" is removed, what Moesif requires is there.
 */
import { type AccessLog, isAbsent, REQUIRED_KEYS } from "./access-log";
import type { JsonValue } from "./settings";

const required: ReadonlySet<string> = new Set(REQUIRED_KEYS);

/**
 * Removes optional keys without a value. Moesif tests the required keys for presence only, so these stay as they are.
 *
 * @returns false if a required key is missing: Moesif would reject the object.
 */
export function normalise(log: AccessLog): boolean {
  for (const key of REQUIRED_KEYS) {
    if (log[key] === undefined) {
      return false;
    }
  }
  for (const key in log) {
    if (isAbsent(log[key]) && !required.has(key)) {
      log[key] = undefined;
    }
  }
  if (log.metadata !== undefined) {
    log.metadata = withoutAbsent(log.metadata);
  }
  return true;
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
