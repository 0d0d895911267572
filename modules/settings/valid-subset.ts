/** The valid subset of a document: rules between settings run on it even where other values are invalid. */

/** A document without its invalid values: any value may be missing. */
export type ValidSubset<T> = T extends readonly (infer E)[]
  ? (ValidSubset<E> | undefined)[]
  : T extends object
    ? { [K in keyof T]?: ValidSubset<T[K]> }
    : T;

/**
 * Copies a document, with `undefined` in the place of each invalid value, and of each value that is required and missing:
 * the key shows that there is an issue. What was `undefined` before is left out, and objects of a class are kept.
 */
export function validSubset<T>(
  value: unknown,
  invalid: readonly (readonly PropertyKey[])[],
): ValidSubset<T> | undefined {
  const places = new Set(invalid.map((path) => JSON.stringify(path)));
  const keysIn = new Map<string, PropertyKey[]>();
  for (const path of invalid) {
    const holder = JSON.stringify(path.slice(0, -1));
    keysIn.set(holder, [...(keysIn.get(holder) ?? []), ...path.slice(-1)]);
  }
  const copy = (part: unknown, path: readonly PropertyKey[]): unknown => {
    if (places.size > 0 && places.has(JSON.stringify(path))) return undefined;
    if (Array.isArray(part)) return part.map((element, index) => copy(element, [...path, index]));
    if (!isPlain(part)) return part;
    const missing = (places.size > 0 && keysIn.get(JSON.stringify(path))) || [];
    const given = Object.entries(part).filter(([, one]) => one !== undefined);
    const copied = given.map(([key, one]) => [key, copy(one, [...path, key])] as const);
    return Object.fromEntries([...missing.map((key) => [key, undefined] as const), ...copied]);
  };
  return copy(value, []) as ValidSubset<T> | undefined;
}

/** Whether a value is an object that is no instance of a class. */
export function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

/** Whether a value has no invalid part. */
export function isWhole<T>(value: ValidSubset<T>): value is T & ValidSubset<T> {
  if (typeof value !== "object" || value === null) return value !== undefined;
  return Object.values(value).every((part: ValidSubset<unknown>) => isWhole(part));
}
