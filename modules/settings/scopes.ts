/**
 * The scopes of settings for one target (defaults, account, region), and how they merge: the nearest wins, key by key.
 * Redactions join: what any scope redacts is redacted. Tags of calls add up.
 */
import { type Path, valueAt } from "./issue";
import { joinRedaction } from "./redaction";
import type { Settings } from "./settings";
import type { ValidSubset } from "./valid-subset";

/** Settings that are merged key by key; every other key is replaced as a whole. */
const MERGED = [
  "backup",
  "delivery",
  "transformer",
  "redrive",
  "monitoring",
  "sampling",
  "iam",
  "logs",
  "accessLog",
  "stageLogs",
  "enrollment",
  "metadata",
  "tags",
] as const;

type SomeSettings = Settings | ValidSubset<Settings>;

/**
 * Merges the settings of scopes.
 *
 * @param scopes the farthest first
 */
export function mergeSettings<S extends SomeSettings>(scopes: readonly (S | undefined)[]): S {
  return scopes.reduce<S>((merged, scope) => (scope ? mergeTwo(merged, scope) : merged), {} as S);
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
  if (far.monitoring?.alarms && near.monitoring?.alarms) {
    merged.monitoring = { ...merged.monitoring, alarms: { ...far.monitoring.alarms, ...near.monitoring.alarms } };
  }
  if (far.eventTags && near.eventTags) {
    Object.assign(merged, { eventTags: [...new Set([...far.eventTags, ...near.eventTags])] });
  }
  if (far.redaction && near.redaction) merged.redaction = joinRedaction(far.redaction, near.redaction);
  return merged;
}

/** The settings of one scope, and their path in the input. */
export interface Scope {
  readonly path: Path;
  readonly settings: ValidSubset<Settings> | undefined;
  /** What is written there are no settings. */
  readonly isInvalid?: boolean;
}

/**
 * The path of the setting that takes effect: in the nearest scope that has it.
 *
 * @param scopes the farthest first
 * @param key keys from the settings down
 */
export function effectivePath(scopes: readonly Scope[], key: Path): Path | undefined {
  const scope = scopes.findLast(({ settings }) => valueAt(settings, key) !== undefined);
  return scope && [...scope.path, ...key];
}

/** The paths of a setting in every scope that has it. */
export function pathsOfSetting(scopes: readonly Scope[], key: Path): Path[] {
  return scopes.filter(({ settings }) => valueAt(settings, key) !== undefined).map(({ path }) => [...path, ...key]);
}

/** Whether a setting is missing only because an invalid value was given, which has its own issue. */
export function isInvalid(scopes: readonly Scope[], key: Path): boolean {
  return (
    effectivePath(scopes, key) === undefined &&
    scopes.some((scope) => scope.isInvalid || key.some((_, index) => isBlank(scope.settings, key.slice(0, index + 1))))
  );
}

/** Whether there is a key without a value, as the valid subset has it. */
function isBlank(settings: ValidSubset<Settings> | undefined, path: Path): boolean {
  const holder = valueAt(settings, path.slice(0, -1));
  const key = path.at(-1)!;
  return typeof holder === "object" && holder !== null && key in holder && valueAt(holder, [key]) === undefined;
}
