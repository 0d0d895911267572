/** The tables of docs/cost.md, as the command `cost` calculates them. */
import { COST_DEFAULTS, estimateOf } from "../cli/cost";
import { totalOf } from "../cli/cost/components";
import { costReport } from "../cli/cost/report";
import { markdown } from "../cli/reporters/markdown";
import { table } from "./markdown";

const CALLS_A_DAY = [100_000, 1_000_000, 5_000_000, 50_000_000];

/** The page with its tables brought up to date; the text around them is by hand. */
export function costPage(page: string): string {
  const parts: Readonly<Record<string, () => string>> = { calls: callsTable, components: componentsTable };
  return page.replace(
    /(<!-- generated: (\w+) -->\n)[^]*?(?=\n<!-- end of generated -->)/g,
    (_, head: string, name: string) => `${head}\n${parts[name]!()}`,
  );
}

function callsTable(): string {
  const rows = CALLS_A_DAY.map((requestsPerDay) => [
    requestsPerDay.toLocaleString("en"),
    ...[0, 100].flatMap((throughLogGroup) => [
      dollars({ requestsPerDay, throughLogGroup }),
      dollars({ requestsPerDay, throughLogGroup, sampleRate: 10 }),
    ]),
  ]);
  return table(["Calls a day", "REST", "sampled at 10 %", "HTTP and WebSocket", "sampled at 10 %"], rows);
}

function dollars(options: { requestsPerDay: number; throughLogGroup: number; sampleRate?: number }): string {
  const { sampledCents } = totalOf(estimateOf({ ...COST_DEFAULTS, ...options }).costs);
  return `$${(sampledCents / 100).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

function componentsTable(): string {
  const { blocks } = costReport(
    estimateOf({ ...COST_DEFAULTS, requestsPerDay: 5_000_000, throughLogGroup: 40, sampleRate: 10 }),
  );
  return `${markdown({ blocks: blocks.filter(({ kind }) => kind === "table"), objects: [] })}\n`;
}
