/** Coverage as tables, for people. */
import { printableLine } from "../common/print";
import type { Look } from "./coverage-look";
import type { CoverageRow, CoverageState } from "./coverage-rows";
import { coverageTotals } from "./coverage-totals";
import { counted, cut, tableOf } from "./table";

/** Characters that a cell shows of a name that others chose. */
const WIDTH = 48;

const LOGS_TO: Readonly<Record<Exclude<CoverageState, "elsewhere">, string>> = {
  ours: "Moesif",
  "other-format": "Moesif, in another format",
  "bad-format": "Moesif, in a bad format",
  nowhere: "nowhere",
  missing: "no such stage",
};

/** A table for each account and region, what is wrong with formats, and the totals. */
export function coverageTables(looks: readonly Look[]): string {
  return [...looks.map(sectionOf), totalsOf(looks)].join("\n\n");
}

function sectionOf({ target, rows, error }: Look): string {
  const heading = `${target.accountName} ${target.region} (${target.accountId}, ${target.stackName})`;
  if (error !== undefined) return `${heading}\nNot looked at: ${printableLine(error)}`;
  if (rows.length === 0) return `${heading}\nThere are no stages.`;
  const table = tableOf(["API", "stage", "type", "wanted", "logs to", "what to do"]);
  for (const row of rows) {
    table.push([apiOf(row), row.stage, row.type, row.wanted ? "yes" : "", logsTo(row), row.advice]);
  }
  return [heading, table.toString(), ...rows.flatMap(problemsOf)].join("\n");
}

function apiOf({ apiName, apiId }: CoverageRow): string {
  return apiName === undefined ? apiId : `${cut(printableLine(apiName), WIDTH)} (${apiId})`;
}

function logsTo({ state, destinationArn }: CoverageRow): string {
  return state === "elsewhere" ? cut(destinationName(destinationArn!), WIDTH) : LOGS_TO[state];
}

/** The name in the ARN of a stream or a log group; another ARN as it is. */
function destinationName(arn: string): string {
  const stream = /:deliverystream\/(.+)$/.exec(arn)?.[1];
  const logGroup = /:log-group:([^:]+)/.exec(arn)?.[1];
  if (stream !== undefined) return `stream ${stream}`;
  return logGroup === undefined ? arn : `log group ${logGroup}`;
}

function problemsOf({ apiId, stage, problems }: CoverageRow): string[] {
  return problems.map((problem) => `${apiId} ${stage}: ${printableLine(problem)}`);
}

function totalsOf(looks: readonly Look[]): string {
  const { stages, wanted, covered, uncovered, errors } = coverageTotals(looks);
  const all = `${counted(stages, "stage")}; ${wanted} wanted, of which ${covered} in Moesif and ${uncovered} not.`;
  if (errors === 0) return all;
  return `${all} ${errors} of ${counted(looks.length, "account and region", "accounts and regions")} could not be looked at.`;
}
