/** The metadata that a record brings, in the shape that Moesif takes. */
import { type AccessLog, isAbsent, isObject } from "./access-log";
import { MARK_KEY, MARK_VALUE } from "./mark";
import type { JsonValue, Metadata } from "./settings";

/**
 * Gives the metadata of a log its shape. Moesif takes an object: any other value is kept as `metadata.value`. A format
 * may fill it by variables, which are as often without a value as any other: these go.
 *
 * @returns whether it changed anything
 */
export function shapeMetadata(log: AccessLog): boolean {
  const own = log.metadata;
  if (own !== undefined) {
    log.metadata = shaped(own);
  }
  return log.metadata !== own;
}

function shaped(own: JsonValue): Metadata | undefined {
  if (isAbsent(own) || own === null) {
    return undefined;
  }
  if (!isObject(own)) {
    return { value: own };
  }
  return Object.values(own).some(isAbsent)
    ? Object.fromEntries(Object.entries(own as Metadata).filter(([, value]) => !isAbsent(value)))
    : (own as Metadata);
}

/** Metadata with the mark. An event may bring metadata of any shape. */
export function markedMetadata(own: JsonValue | undefined): Metadata {
  return { ...(own === undefined ? undefined : shaped(own)), [MARK_KEY]: MARK_VALUE };
}
