/** Coverage as newline-delimited JSON, for programs. */
import type { Look } from "./coverage-look";
import { coverageTotals } from "./coverage-totals";

/**
 * A line for each stage, or for an account and region that could not be looked at; and a last one with the totals:
 *
 *     {"stack":"moesif-production-us-east-1","accountId":"111111111111","account":"production","region":"us-east-1","type":"REST","apiId":"a1b2c3d4e5",…}
 *     {"stack":"moesif-staging-us-east-1","accountId":"222222222222","account":"staging","region":"us-east-1","error":"…"}
 *     {"totals":{"stages":1,"wanted":1,"covered":1,"uncovered":0,"errors":1}}
 */
export function coverageJson(looks: readonly Look[]): string {
  const objects: object[] = looks.flatMap(({ target, rows, error }): object[] => {
    const { stackName: stack, accountId, accountName: account, region } = target;
    const place = { stack, accountId, account, region };
    return error === undefined ? rows.map((row) => ({ ...place, ...row })) : [{ ...place, error }];
  });
  return [...objects, { totals: coverageTotals(looks) }].map((object) => JSON.stringify(object)).join("\n");
}
