/** Which keys of a record may leave. */
import { REQUIRED_KEYS } from "./access-log";
import type { FieldSelection } from "./settings";

/** Keys whose value is a secret by its nature: they never leave, however deep in a record they are. */
export const SECRET_KEYS: ReadonlySet<string> = new Set(["apiKey"]);

/** Every JSON text with one of these keys has this. */
export const KEY_TRACE = 'Key"';

/** Which keys may leave, of a record and of its `metadata`. */
export interface FieldRule {
  /** The keys of which something is said. */
  readonly named: readonly string[];
  /** Whether any key is removed that is no secret by its nature. */
  readonly removes: boolean;
  /** Whether all other keys leave; otherwise none of them does. */
  readonly othersLeave: boolean;
  readonly mayLeave: (key: string) => boolean;
  readonly mayStayInMetadata: (name: string) => boolean;
}

/** The one key that is copied into `metadata` under its own name. */
const COPIED = "stage";

/** Prepares the allow-list or the deny-list. What is removed by name is removed from `metadata` under it, too. */
export function fieldRule(fields: FieldSelection = { remove: [] }): FieldRule {
  const listed = new Set(fields.keep ? [...fields.keep, ...REQUIRED_KEYS] : fields.remove);
  const mayLeave = (key: string) => !SECRET_KEYS.has(key) && listed.has(key) === Boolean(fields.keep);
  return {
    named: [...SECRET_KEYS, ...listed],
    removes: fields.keep !== undefined || listed.size > 0,
    othersLeave: !fields.keep,
    mayLeave,
    mayStayInMetadata: (name) => mayLeave(name) || (fields.keep !== undefined && name !== COPIED),
  };
}
