/** The sections of delivered calls: over time, by caller, API and route. */
import { bar, columns, dataTable, spread, type StackSeries, timeOf } from "./charts";
import { count, duration, share, size, span } from "./formats";
import { type Content, html, type Html } from "./html";
import { section, table, type TableColumn } from "./page";
import type { Figures, Ranking, Series, TrafficSummary } from "./traffic";

/** What Moesif would show of the calls. */
export function trafficSections(traffic: TrafficSummary): Html[] {
  return [
    ...(traffic.overTime.begins.length > 0 ? [overTimeSection(traffic)] : []),
    ...callers(traffic),
    section("Calls with a user and a company, by API", apisTable(traffic.apis)),
    section("Latency by route", latencyTable(traffic.routes), SCALE),
    section("Errors by route", errorsTable(traffic.routesByErrors)),
  ];
}

function overTimeSection(traffic: TrafficSummary): Html {
  const { columnSeconds, byStatus, byCompany, byUser } = traffic.overTime;
  const by = (what: string, series: readonly Series[], toneOf?: typeof seriesTone) =>
    html`<h3>By ${what}</h3>
      ${chartOf(`Calls over time, by ${what}`, traffic, series, toneOf)}`;
  return section(
    "Calls over time",
    [
      by("status", byStatus, statusTone),
      traffic.withCompany > 0 && by("company", byCompany),
      traffic.withUser > 0 && by("user", byUser),
    ],
    `Calls per ${span(columnSeconds).replace(/^1 /, "")}. Times are UTC.`,
  );
}

/** Who calls, and who downloads, side by side; without companies or users, what to do. */
function callers(traffic: TrafficSummary): Html[] {
  const { withCompany, withUser, companies, users, companiesByBytes, usersByBytes } = traffic;
  const byCalls: Html[] = [];
  const byBytes: Html[] = [];
  const missing: Html[] = [];
  const add = (title: string, titles: string, ranking: Ranking, downloads: Ranking) => {
    byCalls.push(section(titles, callersTable(title, ranking)));
    byBytes.push(section(`${titles} by download`, downloadsTable(title, downloads, traffic), WHO_COPIES));
  };
  if (withCompany > 0) add("Company", "Companies", companies, companiesByBytes);
  else
    missing.push(
      html`<p>No call has a company. Log one as <code>companyId</code>, or set <code>identity.company</code>.</p>`,
    );
  if (withUser > 0) add("User", "Users", users, usersByBytes);
  else missing.push(html`<p>No call has a user. Log one as <code>user</code>, or set <code>identity.user</code>.</p>`);
  const tables = [...byCalls, ...byBytes];
  return [
    ...(missing.length > 0 ? [section("Callers", missing)] : []),
    ...[tables.slice(0, 2), tables.slice(2)]
      .filter(({ length }) => length > 0)
      .map((two) => html`<div class="pair">${two}</div>`),
  ];
}

const WHO_COPIES = "Bytes of responses. Who copies everything stands out.";
const SCALE = "Dot: P50. Thick line: to P90. End: P99. The scale is logarithmic; figures are right to 1%.";

const statusTone = ({ name }: Series) => (/^[1-5]xx$/.test(name) ? `s${name[0]}` : "none");

function chartOf(label: string, traffic: TrafficSummary, series: readonly Series[], toneOf = seriesTone): Html {
  const { begins, columnSeconds } = traffic.overTime;
  const times = begins.map((begin) => Date.parse(begin));
  const stack = series.map((one, index): StackSeries => {
    return { name: one.of === "none" ? NONE : one.name, tone: toneOf(one, index), values: one.calls };
  });
  const rows = times.map((time, index) => [
    timeOf(time, columnSeconds),
    ...stack.map(({ values }) => count(values[index]!)),
  ]);
  const head = ["Time (UTC)", ...stack.map(({ name }) => name)];
  return html`${columns(label, times, columnSeconds, stack)}${dataTable(label, head, rows)}`;
}

function seriesTone({ of }: Series, index: number): string {
  return of ?? `tone-${index + 1}`;
}

/** Stands for calls without a user or a company. */
const NONE = "(none)";

/** A column of a ranking, and what stands in it. */
interface RankingColumn extends TableColumn {
  readonly of: (figures: Figures) => Content;
  /** Not shown of all others: a bar of these would make those of the rows short. */
  readonly ofOneOnly?: boolean;
}

const number = (title: string, of: RankingColumn["of"]): RankingColumn => ({ title, kind: "number", of });
const wide = (title: string, of: RankingColumn["of"]): RankingColumn => ({ title, kind: "wide", of });
/** Bars that compare the rows. */
function bars(
  { rows }: Ranking,
  of: (figures: Figures) => readonly number[],
  ...tones: readonly string[]
): RankingColumn {
  const sum = (figures: Figures) => of(figures).reduce((total, part) => total + part, 0);
  const most = Math.max(0, ...rows.map(sum));
  return { title: "", kind: "wide", of: (figures) => bar(of(figures), most, tones), ofOneOnly: true };
}
const CALLS = number("Calls", ({ calls }) => count(calls));
const errorsOf = ({ clientErrors, serverErrors }: Figures) => clientErrors + serverErrors;

/** A ranking as a table; all others and those without a name come last. */
function rankingTable(caption: string, title: string, ranking: Ranking, tableColumns: readonly RankingColumn[]): Html {
  const { rows, none, rest, mayLack } = ranking;
  const cells = (figures: Figures, isOne: boolean) =>
    tableColumns.map(({ of, ofOneOnly }) => (isOne || !ofOneOnly ? of(figures) : ""));
  const all = [
    ...rows.map((row) => [row.name, ...cells(row, true)]),
    ...(rest ? [[html`<span class="note">${count(rest.names)} others</span>`, ...cells(rest, false)]] : []),
    ...(none ? [[html`<span class="note">${NONE}</span>`, ...cells(none, false)]] : []),
  ];
  const accuracy = `More names than are counted one by one: a count may be too low by ${count(mayLack)}.`;
  return html`${table(caption, [{ title }, ...tableColumns], all)}${mayLack > 0 && html`<p class="note">${accuracy}</p>`}`;
}

function callersTable(title: string, ranking: Ranking): Html {
  return rankingTable(`${title}, by calls`, title, ranking, [
    bars(ranking, ({ calls }) => [calls], "tone-1"),
    CALLS,
    number("Errors", (figures) => share(errorsOf(figures), figures.calls)),
    number("P90", ({ p90Ms }) => duration(p90Ms)),
  ]);
}

function downloadsTable(title: string, ranking: Ranking, { bytes: all }: TrafficSummary): Html {
  return rankingTable(`${title}, by bytes of responses`, title, ranking, [
    bars(ranking, ({ bytes }) => [bytes], "tone-3"),
    number("Downloaded", ({ bytes }) => size(bytes)),
    number("Share", ({ bytes }) => share(bytes, all)),
    number("A call", ({ bytes, calls }) => size(bytes / calls)),
  ]);
}

function apisTable(apis: Ranking): Html {
  return rankingTable("API, by calls", "API", apis, [
    CALLS,
    number("With a user", ({ withUser, calls }) => share(withUser, calls)),
    wide("", ({ withUser, calls }) => bar([withUser], calls)),
    number("With a company", ({ withCompany, calls }) => share(withCompany, calls)),
    wide("", ({ withCompany, calls }) => bar([withCompany], calls, ["tone-3"])),
  ]);
}

function latencyTable(routes: Ranking): Html {
  const latencies = [...routes.rows, ...(routes.rest ? [routes.rest] : [])].flatMap(({ p50Ms, p99Ms }) => {
    return p50Ms === undefined || p99Ms === undefined ? [] : [p50Ms, p99Ms];
  });
  const [least, most] = [Math.min(...latencies), Math.max(...latencies)];
  const ends = latencies.length === 0 ? "" : `${duration(least)} to ${duration(most)}`;
  return rankingTable("Route, by calls", "Route", routes, [
    CALLS,
    number("P50", ({ p50Ms }) => duration(p50Ms)),
    number("P90", ({ p90Ms }) => duration(p90Ms)),
    number("P99", ({ p99Ms }) => duration(p99Ms)),
    wide(ends, (figures) => spread(figures, least, most)),
  ]);
}

function errorsTable(routes: Ranking): Html {
  if (routes.rows.length === 0) return html`<p>No call has a status of 400 or more.</p>`;
  return rankingTable("Route, by errors", "Route", routes, [
    bars(routes, ({ clientErrors, serverErrors }) => [clientErrors, serverErrors], "s4", "s5"),
    number("4xx", ({ clientErrors }) => count(clientErrors)),
    number("5xx", ({ serverErrors }) => count(serverErrors)),
    CALLS,
    number("Error rate", (figures) => share(errorsOf(figures), figures.calls)),
  ]);
}
