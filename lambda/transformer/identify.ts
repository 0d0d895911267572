/**
 * Who made the call: `user` and `companyId`, the keys from which Moesif takes the user and the company.
 * https://github.com/Moesif/moesif-firehose-transform-lambda
 */
import { type AccessLog, isAbsent, type Step } from "./access-log";
import type { IdentitySettings } from "./settings";

/** Moesif's own order. */
const DEFAULT_USER_ORDER = ["user", "apiKeyId", "principalId", "cognitoIdentityId", "caller"];
const DEFAULT_COMPANY_ORDER = ["companyId"];

/** Sets `user` and `companyId` of an access log. */
export type Identify = Step;

/**
 * Prepares the rules. The first key that holds a string with a value wins; if none does, what is in `user` or
 * `companyId` stays.
 *
 * A rule may take its value from the key that the other rule sets. That other rule then goes first, so that
 * transforming twice gives the same; where each names the other, the company does not look at `user`. For the same
 * reason neither looks at `metadata`, which is an object in what we send.
 */
export function createIdentify(identity: IdentitySettings = {}): Identify {
  const userOrder = without("metadata", identity.user ?? DEFAULT_USER_ORDER);
  const companyOrder = without("metadata", identity.company ?? DEFAULT_COMPANY_ORDER);
  if (userOrder.includes("companyId")) {
    const order = without("user", companyOrder);
    return (log) => {
      const company = fill(log, "companyId", order);
      return fill(log, "user", userOrder) || company;
    };
  }
  return (log) => {
    const user = fill(log, "user", userOrder);
    return fill(log, "companyId", companyOrder) || user;
  };
}

function without(key: string, order: readonly string[]): readonly string[] {
  return order.filter((other) => other !== key);
}

/** Whether the target got a value that it had not. */
function fill(log: AccessLog, target: string, order: readonly string[]): boolean {
  for (const key of order) {
    const value = log[key];
    if (typeof value === "string" && !isAbsent(value)) {
      const changed = log[target] !== value;
      log[target] = value;
      return changed;
    }
  }
  return false;
}
