/**
 * Who made the call: `user` and `companyId`, the keys from which Moesif takes the user and the company.
 * https://github.com/Moesif/moesif-firehose-transform-lambda
 */
import { type AccessLog, isAbsent } from "./access-log";
import type { IdentitySettings } from "./settings";

/** Moesif's own order. */
const DEFAULT_USER_ORDER = ["user", "apiKeyId", "principalId", "cognitoIdentityId", "caller"];
const DEFAULT_COMPANY_ORDER = ["companyId"];

/** Sets `user` and `companyId` of an access log. */
export type Identify = (log: AccessLog) => void;

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
      fill(log, "companyId", order);
      fill(log, "user", userOrder);
    };
  }
  return (log) => {
    fill(log, "user", userOrder);
    fill(log, "companyId", companyOrder);
  };
}

function without(key: string, order: readonly string[]): readonly string[] {
  return order.filter((other) => other !== key);
}

function fill(log: AccessLog, target: string, order: readonly string[]): void {
  for (const key of order) {
    const value = log[key];
    if (typeof value === "string" && !isAbsent(value)) {
      log[target] = value;
      return;
    }
  }
}
