/** The result of `coverage`: its report, its totals and its messages. */
import type { Issue, RolloutStages } from "../../modules";
import type { Refusal } from "../aws/access";
import { coveragePage } from "./page";
import { type CoverageRow, logsTo } from "./rows";
import type { Block, Report } from "../report";
import { counted } from "../../common/table";

/** An account and region with its rows; without access it has none. */
export interface TargetCoverage {
  readonly target: RolloutStages;
  readonly refusal?: Refusal;
  readonly rows: readonly CoverageRow[];
}

/** Counts over all accounts and regions with access. */
export type CoverageTotals = ReturnType<typeof coverageTotals>;

export function coverageTotals(found: readonly TargetCoverage[]) {
  const rows = found.flatMap(({ rows }) => rows);
  const wanted = rows.filter((row) => row.wanted);
  const covered = wanted.filter((row) => row.covered).length;
  return {
    stages: rows.filter(({ state }) => state !== "missing").length,
    wanted: wanted.length,
    covered,
    uncovered: wanted.length - covered,
    errors: found.filter(({ refusal }) => refusal !== undefined).length,
  };
}

/**
 * A table for each account and region, the issues of formats, and the totals. For programs, a line for each stage or refused
 * account and region, and a last one with the totals:
 *
 *     {"stack":"moesif-production-us-east-1","accountId":"111111111111","account":"production","region":"us-east-1","type":"REST","apiId":"a1b2c3d4e5",…}
 *     {"stack":"moesif-staging-us-east-1","accountId":"222222222222","account":"staging","region":"us-east-1","error":"…","fix":"…"}
 *     {"totals":{"stages":1,"wanted":1,"covered":1,"uncovered":0,"errors":1}}
 */
export function coverageReport(found: readonly TargetCoverage[]): Report {
  const totals = coverageTotals(found);
  const objects = found.flatMap(({ target, rows, refusal }): object[] => {
    const { stackName: stack, accountId, accountName: account, region } = target;
    const place = { stack, accountId, account, region };
    return refusal
      ? [{ ...place, error: refusal.message, fix: refusal.fix }]
      : rows.map((row) => ({ ...place, ...row }));
  });
  return {
    blocks: [...found.flatMap(sectionOf), { kind: "paragraph", text: totalsText(totals, found.length) }],
    objects: [...objects, { totals }],
    page: () => coveragePage(found, totals),
  };
}

/** Characters of names that others chose. */
const WIDTH = 48;

const COLUMNS = [
  { title: "API", width: WIDTH },
  { title: "id" },
  { title: "stage", width: WIDTH },
  { title: "type" },
  { title: "wanted" },
  { title: "logs to", width: WIDTH },
  { title: "what to do" },
];

function sectionOf({ target, rows, refusal }: TargetCoverage): Block[] {
  const { accountName, region, accountId, stackName } = target;
  const heading: Block = { kind: "heading", text: `${accountName} ${region} (${accountId}, ${stackName})` };
  if (refusal) return [heading, { kind: "paragraph", text: `No access: ${refusal.message}` }];
  if (rows.length === 0) return [heading, { kind: "paragraph", text: "There are no stages." }];
  const issues = rows.flatMap((row) => row.issues.map((issue) => ofStage(row, issue)));
  return [
    heading,
    { kind: "table", columns: COLUMNS, rows: rows.map(cellsOf) },
    ...(issues.length > 0 ? [{ kind: "issues", issues } as const] : []),
  ];
}

/** An issue of a format, with its stage in the message: `a1b2c3d4e5 prod: status: $context.status is not in quotes`. */
function ofStage({ apiId, stage }: CoverageRow, { path, message, ...issue }: Issue): Issue {
  return { ...issue, path: [], message: [`${apiId} ${stage}`, ...path, message].join(": ") };
}

function cellsOf(row: CoverageRow): string[] {
  const { apiName = "", apiId, stage, type, wanted, advice } = row;
  return [apiName, apiId, stage, type, wanted ? "yes" : "", logsTo(row), advice];
}

function totalsText({ stages, wanted, covered, uncovered, errors }: CoverageTotals, targets: number) {
  const all = `${counted(stages, "stage")}; ${wanted} wanted, of which ${covered} in Moesif and ${uncovered} not.`;
  if (errors === 0) return all;
  return `${all} No access to ${errors} of ${counted(targets, "account and region", "accounts and regions")}.`;
}
