/** The rate of one call, by the rules that were made in Moesif. */
import type { AccessLog } from "../access-log";
import type { SamplingConfig } from "./config";
import { companyOf, userOf } from "./fields";

/**
 * The percentage of such calls that is kept, 0 to 100: of the first rule whose conditions all hold, else of the user,
 * else of the company, else that of all. This is the order of Moesif's own function.
 * https://github.com/Moesif/moesif-firehose-transform-lambda
 */
export function rateOf(record: AccessLog, { rules, users, companies, rate }: SamplingConfig): number {
  for (const rule of rules) {
    if (rule.conditions.every((holds) => holds(record))) {
      return rule.rate;
    }
  }
  return rateFor(users, userOf, record) ?? rateFor(companies, companyOf, record) ?? rate;
}

/** The record is looked at only if there is anything to find. */
function rateFor(
  rates: ReadonlyMap<string, number>,
  idOf: (record: AccessLog) => string | undefined,
  record: AccessLog,
): number | undefined {
  const id = rates.size === 0 ? undefined : idOf(record);
  return id === undefined ? undefined : rates.get(id);
}
