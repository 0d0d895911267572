/** The report of `cost`: the bill by component, the quotas at the peak, and what was assumed. */
import type { Block, Column, Report } from "../report";
import { type Capacity, isExceeded } from "./capacity";
import { type Cost, DAYS, totalOf } from "./components";
import { LIST_REGION, type Prices } from "./prices";
import type { Workload } from "./workload";

/** What was calculated. */
export interface Estimate {
  /** Name of the stack, if it is of a rollout file. */
  readonly stack?: string;
  readonly region: string;
  readonly load: Workload;
  readonly prices: Prices;
  readonly costs: readonly Cost[];
  readonly capacity: readonly Capacity[];
}

/**
 * Tables for people. For programs, one object: `{stack, region, workload, components, total, capacity, prices}`, money in
 * USD.
 */
export function costReport(estimate: Estimate): Report {
  const { stack, region, load, prices, costs, capacity } = estimate;
  const total = totalOf(costs);
  const isSampled = load.keptShare < 1;
  const heading = `${stack ?? "A pipeline"} in ${region}: $${money(isSampled ? total.sampledCents : total.cents)} a month`;
  return {
    blocks: [
      { kind: "heading", text: heading },
      { kind: "table", columns: columns(load), rows: costRows(costs, isSampled) },
      ...(isSampled ? [paragraph(savingText(total))] : []),
      { kind: "table", columns: CAPACITY_COLUMNS, rows: capacity.map(capacityRow) },
      ...capacity.filter(isExceeded).map((one) => paragraph(`${one.name}: ${EXCEEDED[one.id]}`)),
      paragraph("Assumed:"),
      { kind: "list", items: assumptions(estimate) },
    ],
    objects: [
      {
        ...(stack !== undefined && { stack }),
        region,
        workload: load,
        components: costs.map(({ id, price, units, cents, sampledCents }) => ({
          id,
          price,
          units,
          usd: cents / 100,
          sampledUsd: sampledCents / 100,
        })),
        total: { usd: total.cents / 100, sampledUsd: total.sampledCents / 100 },
        capacity: capacity.map((one) => ({ ...one, exceeded: isExceeded(one) })),
        prices: prices.of,
      },
    ],
  };
}

const paragraph = (text: string): Block => ({ kind: "paragraph", text });

function columns({ keptShare }: Workload): Column[] {
  return [
    { title: "Component" },
    { title: "Units a month", align: "right" },
    { title: "USD a month", align: "right" },
    ...(keptShare < 1 ? [{ title: `Sampled at ${percent(keptShare)}`, align: "right" as const }] : []),
  ];
}

function costRows(costs: readonly Cost[], isSampled: boolean): string[][] {
  const row = (name: string, units: string, { cents, sampledCents }: Pick<Cost, "cents" | "sampledCents">) => [
    name,
    units,
    money(cents),
    ...(isSampled ? [money(sampledCents)] : []),
  ];
  return [...costs.map((cost) => row(cost.name, unitsOf(cost), cost)), row("Total", "", totalOf(costs))];
}

/** How many a unit of a price is, and of what. */
const UNITS: Readonly<Record<Cost["price"], readonly [many: number, what: string]>> = {
  firehoseGb: [1, "GB"],
  logIngestionGb: [1, "GB"],
  logStorageGbMonth: [1, "GB"],
  lambdaMillionRequests: [1e6, "requests"],
  lambdaArm64GbSecond: [1, "GB-seconds"],
  lambdaX86GbSecond: [1, "GB-seconds"],
  transferOutGb: [1, "GB"],
  s3GbMonth: [1, "GB"],
  s3ThousandPuts: [1000, "requests"],
  secretMonth: [1, "secrets"],
  secretTenThousandCalls: [10_000, "requests"],
  metricMonth: [1, "metrics"],
  alarmMetricMonth: [1, "metrics"],
  dashboardMonth: [1, "dashboards"],
};

function unitsOf({ units, price }: Cost): string {
  const [many, what] = UNITS[price];
  const count = units * many;
  return `${number(count)} ${count === 1 ? what.replace(/s$/, "") : what}`;
}

const CAPACITY_COLUMNS: readonly Column[] = [
  { title: "At the peak" },
  { title: "Used", align: "right" },
  { title: "Quota", align: "right" },
  { title: "Share", align: "right" },
];

function capacityRow({ name, atPeak, quota, atMost }: Capacity): string[] {
  const share = quota > 0 ? percent(atPeak / quota) : "";
  const most = (text: string) => (atMost && text !== "" ? `at most ${text}` : text);
  return [name, most(number(atPeak)), number(quota), most(share)];
}

const EXCEEDED: Readonly<Record<string, string>> = {
  records: "ask AWS for a higher quota of the stream",
  mib: "ask AWS for a higher quota of the stream, or shorten the access-log format",
  concurrency: "raise transformer.reservedConcurrency, or the account's quota",
};

function savingText({ cents, sampledCents }: ReturnType<typeof totalOf>): string {
  return (
    `Sampling saves $${money(cents - sampledCents)} a month of AWS: data transfer. Firehose, CloudWatch Logs and Lambda ` +
    "take every call before it is sampled. What Moesif bills is not part of this."
  );
}

function assumptions({ region, load, prices }: Estimate): string[] {
  const foreign = prices.region !== region;
  return [
    `List prices of ${prices.region}, without free tiers and taxes${foreign ? `; for ${region}, give yours with --prices` : ""}`,
    ...(prices.region !== LIST_REGION && prices.fromList.length > 0
      ? [`Prices of ${LIST_REGION} for what the file leaves out: ${prices.fromList.join(", ")}`]
      : []),
    `${number(load.requestsPerDay)} calls a day, ${DAYS} days a month, ${number(load.recordBytes)} bytes an access log`,
    `${percent(load.logGroupShare)} of the calls are of HTTP and WebSocket stages` +
      (load.logGroupShare > 0
        ? `, ${number(load.callsPerEnvelope)} in each record of CloudWatch Logs, of which AWS documents no number`
        : ""),
    `A call takes ${number(load.microsecondsPerCall)} µs of a processor, of which ${number(load.memoryMb)} MB have ` +
      `${percent(Math.min(1, load.memoryMb / 1769))}; an invocation ${number(load.millisecondsPerInvocation)} ms more`,
    `The peak is ${number(load.peakFactor)} times the average`,
    "Not included: Moesif, API Gateway, customer keys, a VPC, tracing, failed records, the functions of enrollment and redrive",
  ];
}

/** Always with two decimals. */
function money(cents: number): string {
  return (cents / 100).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function number(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : 0 });
}

function percent(share: number): string {
  return `${(share * 100).toLocaleString("en", { maximumFractionDigits: share < 0.1 ? 2 : 0 })} %`;
}
