/**
 * One shape for every access log: what API Gateway prints for "no value" is removed, what Moesif requires is there.
 */
import { type AccessLog, isAbsent, REQUIRED_KEYS } from "./access-log";

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
  return true;
}
