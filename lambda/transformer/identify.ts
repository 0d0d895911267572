/**
 * Who made the call: `user` and `companyId`, the keys from which Moesif takes the user and the company.
 * https://github.com/Moesif/moesif-firehose-transform-lambda
 */
import { type AccessLog, isAbsent } from "./access-log";
import type { Redaction } from "./redact";
import type { IdentityRule, IdentitySettings } from "./settings";

/** Moesif's own order. */
const DEFAULT_USER_ORDER = ["user", "apiKeyId", "principalId", "cognitoIdentityId", "caller"];
const DEFAULT_COMPANY_ORDER = ["companyId"];

export type Found = readonly unknown[];
/** Sets `user` and `companyId` of an access log. */
export interface Identify {
  readonly lookUp: ((log: AccessLog) => Found) | undefined;
  readonly identify: (log: AccessLog, found?: Found) => boolean;
  readonly plain: boolean;
}

/**
 * Prepares the rules. The first key that holds a string with a value wins; if none does, what is in `user` or
 * `companyId` stays.
 *
 * A rule may take its value from the key that the other rule sets. That other rule then goes first, so that
 * transforming twice gives the same; where each names the other, the company does not look at `user`. For the same
 * reason neither looks at `metadata`, which is an object in what we send. A value that may not leave as `user` or
 * `companyId` is passed over.
 */
export function createIdentify(identity: IdentitySettings = {}, { copy }: Pick<Redaction, "copy">): Identify {
  const userOrder = without("metadata", identity.user ?? DEFAULT_USER_ORDER);
  const companyOrder = without("metadata", identity.company ?? DEFAULT_COMPANY_ORDER);
  if (userOrder.includes("companyId")) {
    const order = without("user", companyOrder);
    return wrap((log) => {
      const company = fill(log, "companyId", order, copy);
      return fill(log, "user", userOrder, copy) || company;
    });
  }
  return wrap((log) => {
    const user = fill(log, "user", userOrder, copy);
    return fill(log, "companyId", companyOrder, copy) || user;
  });
}
const wrap = (identify: (log: AccessLog) => boolean): Identify => ({ lookUp: undefined, identify, plain: true });

function without(key: string, order: readonly IdentityRule[]): readonly string[] {
  return order.filter((other): other is string => typeof other === "string" && other !== key);
}

/** Whether the target got a value that it had not. */
function fill(
  log: AccessLog,
  target: "user" | "companyId",
  order: readonly string[],
  copy: Redaction["copy"],
): boolean {
  for (const key of order) {
    const value = log[key];
    if (typeof value === "string" && !isAbsent(value)) {
      const copied = key === target ? value : copy(target, value);
      if (copied !== undefined) {
        const changed = log[target] !== copied;
        log[target] = copied;
        return changed;
      }
    }
  }
  return false;
}
