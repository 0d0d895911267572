/** What commands found that check an account: checks, their report and their exit code. */
import { EXIT, type ExitCode } from "../common/exit-codes";
import { counted } from "../common/table";
import type { RolloutStages } from "../modules";
import type { Refusal } from "./aws/access";
import type { Block, Report } from "./report";

/** One thing that was checked. */
export interface Check {
  /** Stable, in kebab case, such as `stream-url`. */
  readonly id: string;
  /** What was checked, such as the name of a stream. */
  readonly subject: string;
  /** `unknown` where it could not be checked; `observed` is what is not documented, and no problem. */
  readonly result: "ok" | "problem" | "unknown" | "observed";
  /** What is wrong, or why nothing is known; else what was found, if that is worth a word. */
  readonly cause?: string;
  /** What to do, imperative. */
  readonly fix?: string;
}

/** An account and region with its checks; without access it has none. */
export interface TargetChecks {
  readonly target: Pick<RolloutStages, "stackName" | "accountId" | "accountName" | "region">;
  readonly refusal?: Refusal;
  readonly checks: readonly Check[];
}

export function checkTotals(found: readonly TargetChecks[]) {
  const checks = found.flatMap((one) => one.checks);
  const number = (result: Check["result"]) => checks.filter((check) => check.result === result).length;
  const errors = found.filter(({ refusal }) => refusal !== undefined).length;
  const [ok, problem, unknown, observed] = (["ok", "problem", "unknown", "observed"] as const).map(number);
  return { ok: ok!, problem: problem!, unknown: unknown!, ...(observed! > 0 && { observed }), errors };
}

/** Without access to an account 3, else 1 if there is a problem. What is unknown is no problem. */
export function checksExitCode(found: readonly TargetChecks[]): ExitCode {
  const { problem, errors } = checkTotals(found);
  if (errors > 0) return EXIT.noAccess;
  return problem > 0 ? EXIT.found : EXIT.done;
}

/**
 * A table for each account and region, what is wrong there, and the totals. For programs, a line for each check or refused
 * account and region, and a last one with the totals:
 *
 *     {"stack":"moesif-production-us-east-1","accountId":"111111111111","account":"production","region":"us-east-1","id":"stream-url",…}
 *     {"stack":"moesif-staging-us-east-1","accountId":"222222222222","account":"staging","region":"us-east-1","error":"…","fix":"…"}
 *     {"totals":{"ok":1,"problem":0,"unknown":0,"errors":1}}
 */
export function checksReport(found: readonly TargetChecks[]): Report {
  const totals = checkTotals(found);
  const objects = found.flatMap(({ target, refusal, checks }): object[] => {
    const { stackName: stack, accountId, accountName: account, region } = target;
    const place = { stack, accountId, account, region };
    return refusal
      ? [{ ...place, error: refusal.message, fix: refusal.fix }]
      : checks.map((check) => ({ ...place, ...check }));
  });
  return {
    blocks: [...found.flatMap(sectionOf), { kind: "paragraph", text: totalsText(totals, found.length) }],
    objects: [...objects, { totals }],
  };
}

/** Characters of names that others chose, and of what was found. */
const WIDTH = 60;

const COLUMNS = [
  { title: "check" },
  { title: "of", width: WIDTH },
  { title: "result" },
  { title: "found", width: WIDTH },
];

function sectionOf({ target, refusal, checks }: TargetChecks): Block[] {
  const { accountName, region, accountId, stackName } = target;
  const heading: Block = { kind: "heading", text: `${accountName} ${region} (${accountId}, ${stackName})` };
  if (refusal) return [heading, { kind: "paragraph", text: `No access: ${refusal.message}` }];
  const isIssue = ({ result }: Check) => result === "problem" || result === "unknown";
  const rows = checks.map((check) => [
    check.id,
    check.subject,
    check.result,
    isIssue(check) ? "" : (check.cause ?? ""),
  ]);
  const issues = checks.filter(isIssue).map(({ id, subject, result, cause = "", fix }) => ({
    id,
    path: [],
    message: `${subject}: ${result === "unknown" ? "unknown: " : ""}${cause}`,
    ...(fix !== undefined && { fix }),
  }));
  return [
    heading,
    { kind: "table", columns: COLUMNS, rows },
    ...(issues.length > 0 ? [{ kind: "issues", issues } as const] : []),
  ];
}

function totalsText(totals: ReturnType<typeof checkTotals>, targets: number): string {
  const { ok, problem, unknown, observed = 0, errors } = totals;
  const number = counted(ok + problem + unknown + observed, "check");
  const all = `${number}: ${ok} ok, ${counted(problem, "problem")}, ${unknown} unknown${observed > 0 ? `, ${observed} observed` : ""}.`;
  if (errors === 0) return all;
  return `${all} No access to ${errors} of ${counted(targets, "account and region", "accounts and regions")}.`;
}
