/** The metadata that a record brings: as far as it may leave, and with the mark. */
import { isAbsent, isObject } from "./access-log";
import { MARK_KEY, MARK_VALUE } from "./mark";
import type { Redaction } from "./redact";
import type { JsonValue, Metadata } from "./settings";

/**
 * What of it may leave; the mark always may. Moesif takes an object: any other value is kept as `metadata.value`. A
 * format may fill it by variables, which are as often without a value as any other.
 *
 * @returns `undefined` if nothing is left, and the very same object if it needs no change
 */
export function ownMetadata(own: JsonValue | undefined, redaction: Pick<Redaction, "metadata">): Metadata | undefined {
  if (isAbsent(own) || own === null || own === undefined) {
    return undefined;
  }
  if (!isObject(own)) {
    return redaction.metadata({ value: own });
  }
  const { [MARK_KEY]: mark, ...rest } = own as Metadata;
  if (mark === MARK_VALUE) {
    const marked = redaction.metadata(rest);
    return marked === rest ? (own as Metadata) : { ...marked, [MARK_KEY]: MARK_VALUE };
  }
  const left = redaction.metadata(withoutAbsent(rest));
  return left === rest && mark === undefined ? (own as Metadata) : left;
}

/** Metadata with the mark. */
export function markedMetadata(own: JsonValue | undefined): Metadata {
  return { ...(own as Metadata | undefined), [MARK_KEY]: MARK_VALUE };
}

function withoutAbsent(metadata: Metadata): Metadata {
  return Object.values(metadata).some(isAbsent)
    ? Object.fromEntries(Object.entries(metadata).filter(([, value]) => !isAbsent(value)))
    : metadata;
}
