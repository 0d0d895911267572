/** Reads a field of a record: a key, or a path into it. */
import { type AccessLog, isAbsent } from "./access-log";
import type { JsonValue } from "./settings";

/** Reads one field; `undefined` where the record has none. */
export type ReadField = (log: AccessLog) => JsonValue | undefined;

/**
 * Prepares a field such as `caller` or `claims.sub`. A key that has dots in it wins over the path that they would make,
 * at every depth: `claims.https://example.com/org` finds the claim of that name.
 */
export function readField(field: string): ReadField {
  if (!field.includes(".")) {
    // What every object inherits is neither text nor number: it identifies nobody.
    return (log) => log[field];
  }
  const steps = stepsOf(field);
  return (log) => follow(log, steps);
}

/** A name to go down by, and what may be the key instead: all that is left of the path. */
interface PathStep {
  readonly name: string;
  readonly rest: string;
}

function stepsOf(field: string): PathStep[] {
  const names = field.split(".");
  return names.map((name, index) => ({ name, rest: names.slice(index).join(".") }));
}

function follow(log: AccessLog, steps: readonly PathStep[]): JsonValue | undefined {
  let held: JsonValue | AccessLog | undefined = log;
  for (const { name, rest } of steps) {
    if (typeof held !== "object" || held === null || Array.isArray(held)) {
      return undefined;
    }
    const whole = own(held as AccessLog, rest);
    if (!isAbsent(whole)) {
      return whole;
    }
    held = own(held as AccessLog, name);
  }
  return held as JsonValue | undefined;
}

/** Of a path, no step may lead to what every object inherits: `constructor.name` would be text. */
function own(held: AccessLog, key: string): JsonValue | undefined {
  return Object.hasOwn(held, key) ? held[key] : undefined;
}

/**
 * The text of a value that can identify: itself, or a number as JSON writes it; `undefined` for what is absent or is
 * neither. A number that JavaScript cannot tell from its neighbour is none either: two callers would be one.
 */
export function identifyingText(value: JsonValue | undefined): string | undefined {
  if (typeof value === "string") {
    return isAbsent(value) ? undefined : value;
  }
  return typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value) : undefined;
}
