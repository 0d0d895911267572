/**
 * The levels at which settings stand for one target, and how they become one: the nearest level wins, key by key. Only
 * of the redaction none wins: what any level redacts is redacted. The tags of calls add up, too.
 */
import type { Path } from "./mistakes";
import { joinRedaction } from "./redaction";
import type { Settings } from "./settings-schema";
import type { Sound } from "./sound";

/** Settings that are merged key by key; every other key is replaced as a whole. */
const MERGED = [
  "backup",
  "delivery",
  "transformer",
  "sampling",
  "iam",
  "logs",
  "accessLog",
  "stageLogs",
  "enrollment",
  "metadata",
  "tags",
] as const;

type SomeSettings = Settings | Sound<Settings>;

/**
 * Merges the settings of levels.
 *
 * @param levels the farthest first
 */
export function mergeSettings<S extends SomeSettings>(levels: readonly (S | undefined)[]): S {
  return levels.reduce<S>((merged, level) => (level ? mergeTwo(merged, level) : merged), {} as S);
}

function mergeTwo<S extends SomeSettings>(far: S, near: S): S {
  const merged: S = { ...far, ...near };
  for (const key of MERGED) {
    if (far[key] && near[key]) Object.assign(merged, { [key]: { ...far[key], ...near[key] } });
  }
  if (far.delivery?.commonAttributes && near.delivery?.commonAttributes) {
    merged.delivery = {
      ...merged.delivery,
      commonAttributes: { ...far.delivery.commonAttributes, ...near.delivery.commonAttributes },
    };
  }
  if (far.eventTags && near.eventTags) {
    Object.assign(merged, { eventTags: [...new Set([...far.eventTags, ...near.eventTags])] });
  }
  if (far.redaction && near.redaction) merged.redaction = joinRedaction(far.redaction, near.redaction);
  return merged;
}

/** The settings of one level, and where they stand. */
export interface Level {
  readonly path: Path;
  readonly settings: Sound<Settings> | undefined;
  /** Something is written there, but no settings. */
  readonly mistaken: boolean;
}

/**
 * Where a setting stands that takes effect: at the nearest level that has it.
 *
 * @param levels the farthest first
 * @param key keys from the settings down
 */
export function whereSet(levels: readonly Level[], key: readonly string[]): Path | undefined {
  const level = levels.findLast(({ settings }) => valueAt(settings, key) !== undefined);
  return level && [...level.path, ...key];
}

/** A value within settings, by its keys. */
export function valueAt(settings: Sound<Settings> | undefined, key: readonly string[]): unknown {
  return key.reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], settings);
}
