/**
 * Who made the call: `user` and `companyId`, the keys from which Moesif takes the user and the company, and
 * `sessionToken`, which only events have a place for.
 * https://github.com/Moesif/moesif-firehose-transform-lambda
 */
import type { AccessLog } from "./access-log";
import { identifyingText } from "./field";
import { plainKey, type PreparedRule, prepareRule } from "./identity-rule";
import { isPlain } from "./json-writer";
import type { IdentityTarget, Redaction } from "./redact";
import type { IdentityRule, IdentitySettings } from "./settings";

/** Moesif's own order. */
const DEFAULT_USER_ORDER: readonly IdentityRule[] = ["user", "apiKeyId", "principalId", "cognitoIdentityId", "caller"];
const DEFAULT_COMPANY_ORDER: readonly IdentityRule[] = ["companyId"];

/** What the maps of the settings say of one call. */
export type Found = readonly (string | undefined)[];

/** The identity rules of one transformer. */
export interface Identify {
  /**
   * What the maps of the settings say: to be asked before the redaction, so that a key can identify that does not
   * leave. `undefined` if no rule has a map.
   */
  readonly lookUp: ((log: AccessLog) => Found) | undefined;
  /**
   * Sets `user`, `companyId` and `sessionToken`: to be called after the redaction. Returns whether it changed any.
   *
   * @param found what {@link lookUp} said of the same call; without it, rules with a map find nothing
   */
  readonly identify: (log: AccessLog, found?: Found) => boolean;
  /** Whether JSON writes every text of the settings that can become part of an identity as it is, without escapes. */
  readonly plain: boolean;
}

/** The rules of one key. */
interface Aim {
  readonly target: IdentityTarget;
  readonly order: readonly IdentityRule[];
  readonly rules: readonly PreparedRule[];
  /** Where the rules' places begin in {@link Found}. */
  readonly first: number;
}

type Fill = (log: AccessLog, found: Found | undefined) => boolean;

/**
 * Prepares the rules. The first that gives a value wins; if none does, what the record has there stays. A value that
 * may not leave as what it is to be is passed over.
 *
 * A rule may read what the other rules set: those then go first. Where the rules of the user read the company and the
 * other way round, the company goes first, and reads the user that the record names. The session token goes last.
 *
 * @throws SyntaxError for a pattern that is none: then the function must not work.
 */
export function createIdentify(
  identity: IdentitySettings = {},
  redaction: Pick<Redaction, "copy" | "search">,
): Identify {
  const aims = aimsOf(identity, redaction.search);
  const fills = aims.map((aim) => createFill(aim, redaction.copy));
  const rules = aims.flatMap((aim) => aim.rules);
  return {
    lookUp: rules.some(({ mapped }) => mapped) ? createLookUp(aims) : undefined,
    identify: (log, found) => {
      let changed = false;
      for (const fill of fills) {
        changed = fill(log, found) || changed;
      }
      return changed;
    },
    plain: rules.every(({ texts }) => texts.every(isPlain)),
  };
}

function aimsOf(identity: IdentitySettings, search: Redaction["search"]): Aim[] {
  let first = 0;
  const aim = (target: IdentityTarget, order: readonly IdentityRule[]): Aim => {
    const rules = order.map((rule) => prepareRule(rule, search));
    const own = first;
    first += rules.length;
    return { target, order, rules, first: own };
  };
  const user = aim("user", identity.user ?? DEFAULT_USER_ORDER);
  const company = aim("companyId", identity.company ?? DEFAULT_COMPANY_ORDER);
  const sessionToken = aim("sessionToken", identity.sessionToken ?? []);
  const order = reads(user.rules, "companyId") ? [company, user, sessionToken] : [user, company, sessionToken];
  return order.filter(({ rules }) => rules.length > 0);
}

function reads(rules: readonly PreparedRule[], key: string): boolean {
  return rules.some(({ fields }) => fields.includes(key));
}

/** All calls pass here: rules that only name keys need no more than a loop over the keys. */
function createFill({ target, order, rules, first }: Aim, copy: Redaction["copy"]): Fill {
  const keys = order.map(plainKey).filter((key) => key !== undefined);
  if (keys.length === order.length) {
    return (log) => fillFromKeys(log, target, keys, copy);
  }
  const finds = rules.map(({ find, mapped }, index): ((log: AccessLog, found?: Found) => string | undefined) =>
    mapped ? (_, found) => found?.[first + index] : find,
  );
  return (log, found) => {
    for (const find of finds) {
      const value = find(log, found);
      const copied = value === undefined ? undefined : copy(target, value);
      if (copied !== undefined) {
        return set(log, target, copied);
      }
    }
    return false;
  };
}

function fillFromKeys(
  log: AccessLog,
  target: IdentityTarget,
  keys: readonly string[],
  copy: Redaction["copy"],
): boolean {
  for (const key of keys) {
    const value = identifyingText(log[key]);
    if (value !== undefined) {
      const copied = key === target ? value : copy(target, value);
      if (copied !== undefined) {
        return set(log, target, copied);
      }
    }
  }
  return false;
}

/** Whether the target got a value that it had not. */
function set(log: AccessLog, target: IdentityTarget, value: string): boolean {
  const changed = log[target] !== value;
  log[target] = value;
  return changed;
}

/** Asks the rules that have a map; and others only for what these read of them. */
function createLookUp(aims: readonly Aim[]): (log: AccessLog) => Found {
  const mapped = aims.flatMap(({ rules }) => rules).filter((rule) => rule.mapped);
  const size = aims.reduce((sum, { rules }) => sum + rules.length, 0);
  return (log) => {
    const found = Array<string | undefined>(size).fill(undefined);
    let view = log;
    for (const { target, rules, first } of aims) {
      const isRead = reads(mapped, target);
      let identity: string | undefined;
      for (const [index, rule] of rules.entries()) {
        if (rule.mapped || (isRead && identity === undefined)) {
          const value = rule.find(view);
          identity ??= value;
          if (rule.mapped) found[first + index] = value;
        }
      }
      if (isRead && identity !== undefined) {
        view = { ...view, [target]: identity };
      }
    }
    return found;
  };
}
