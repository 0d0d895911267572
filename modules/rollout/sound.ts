/** The well-formed part of a rollout file, on which the checks between values run even if other parts are wrong. */

/** What is left of a document when mistaken values are taken out: any value may be missing. */
export type Sound<T> = T extends readonly (infer E)[]
  ? (Sound<E> | undefined)[]
  : T extends object
    ? { [K in keyof T]?: Sound<T[K]> }
    : T;

/**
 * Copies a document and puts `undefined` in the place of each mistaken value, so that its key still tells that
 * something was written there.
 */
export function soundPart<T>(raw: unknown, mistaken: readonly (readonly PropertyKey[])[]): Sound<T> | undefined {
  const copy: unknown[] = [structuredClone(raw)];
  for (const path of mistaken) blank(copy, [0, ...path]);
  return copy[0] as Sound<T> | undefined;
}

function blank(root: unknown, path: readonly PropertyKey[]): void {
  let holder = root as Record<PropertyKey, unknown> | undefined;
  for (const key of path.slice(0, -1)) holder = holder?.[key] as typeof holder;
  const last = path.at(-1);
  if (holder !== undefined && last !== undefined) holder[last] = undefined;
}

/** Whether nothing within a value was mistaken. */
export function isWhole<T>(value: Sound<T>): value is T & Sound<T> {
  if (typeof value !== "object" || value === null) return value !== undefined;
  return Object.values(value).every((part: Sound<unknown>) => isWhole(part));
}
