/** The page of `preview` and of `npm start`: what Moesif would show of a log, and what of it is not delivered. */
import { bar } from "./charts";
import { clock, count, day, duration, share, size } from "./formats";
import { html, type Html } from "./html";
import { type Fact, facts, page as pageOf, section, table, type TableColumn } from "./page";
import { explanationOf } from "./reasons";
import type { TrafficSummary } from "./traffic";
import { trafficSections } from "./traffic-sections";

/** How many records and events came to one end. */
export interface End {
  readonly result: "Ok" | "Dropped" | "ProcessingFailed";
  readonly reason?: string;
  readonly events: number;
  /** The first lines of the log. */
  readonly lines?: readonly number[];
}

/** A rule of the settings, and in how many calls it found something. */
export interface UsedRule {
  /** The path of the setting, such as `redaction.mask[0]`. */
  readonly rule: string;
  /** What it names. */
  readonly name?: string;
  readonly calls: number;
}

/** What the page shows. */
export interface PreviewPage {
  /** The log. */
  readonly name: string;
  /** What the reader must know of the settings. */
  readonly notes: readonly string[];
  readonly totals: readonly End[];
  /** Parts of the log that hold no record. */
  readonly unread: {
    readonly count: number;
    readonly parts: readonly { readonly line: number; readonly reason: string }[];
  };
  readonly rules: readonly UsedRule[];
  readonly traffic: TrafficSummary;
}

/** The text of the page. */
export function previewPage(page: PreviewPage): string {
  const { name, notes, traffic } = page;
  return pageOf({
    title: `What Moesif shows of ${name}`,
    lead: periodOf(traffic),
    sections: [
      ...notes.map((note) => html`<p class="note">${note}</p>`),
      facts(factsOf(page)),
      ...(traffic.delivered > 0 ? trafficSections(traffic) : []),
      notDelivered(page),
      redactedSection(page),
    ],
  });
}

function periodOf({ from, to }: TrafficSummary): string | undefined {
  if (from === undefined || to === undefined) return undefined;
  const [first, last] = [Date.parse(from), Date.parse(to)];
  const end = day(first) === day(last) ? clock(last) : `${day(last)} ${clock(last)}`;
  return `${day(first)} ${clock(first)} to ${end} UTC`;
}

function eventsOf(totals: readonly End[], result: End["result"]): number {
  return totals.reduce((sum, end) => sum + (end.result === result ? end.events : 0), 0);
}

function factsOf({ totals, traffic }: PreviewPage): Fact[] {
  const { calls, delivered, withUser, withCompany, clientErrors, serverErrors, bytes, p50Ms, p99Ms } = traffic;
  const [dropped, failed] = [eventsOf(totals, "Dropped"), eventsOf(totals, "ProcessingFailed")];
  const logged = `of ${count(eventsOf(totals, "Ok") + dropped + failed)} logged`;
  return [
    {
      name: "Calls in Moesif",
      value: count(calls),
      detail: calls === delivered ? logged : `by weight, ${count(delivered)} delivered`,
    },
    { name: "Dropped", value: count(dropped), detail: reasonsOf(totals, "Dropped") },
    {
      name: "Failed",
      value: count(failed),
      detail: reasonsOf(totals, "ProcessingFailed"),
      tone: failed > 0 ? "bad" : undefined,
    },
    { name: "With a user", value: share(withUser, calls), detail: `${count(calls - withUser)} without` },
    { name: "With a company", value: share(withCompany, calls), detail: `${count(calls - withCompany)} without` },
    {
      name: "Errors",
      value: share(clientErrors + serverErrors, calls),
      detail: `${count(clientErrors)} 4xx, ${count(serverErrors)} 5xx`,
    },
    { name: "Latency, P50", value: duration(p50Ms), detail: `P99 ${duration(p99Ms)}` },
    { name: "Downloaded", value: size(bytes), detail: calls > 0 ? `${size(bytes / calls)} a call` : "" },
  ];
}

/** The most frequent reason, and how many others there are. */
function reasonsOf(totals: readonly End[], result: End["result"]): string {
  const ends = totals.filter((end) => end.result === result).sort((one, other) => other.events - one.events);
  const [first, ...others] = ends.map(({ reason = "" }) => reason);
  if (first === undefined) return "none";
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function notDelivered({ totals, unread, rules }: PreviewPage): Html {
  const ends = totals.filter(({ result }) => result !== "Ok");
  const filters = rules.filter(({ rule }) => rule.startsWith("filter"));
  const head: TableColumn[] = [
    { title: "Reason" },
    { title: "Result" },
    { title: "Calls", kind: "number" },
    { title: "What it means" },
    { title: "First lines" },
  ];
  const rows = ends.map(({ result, reason = "", events, lines = [] }) => [
    html`<code>${reason}</code>`,
    result === "Dropped" ? "dropped" : html`<span class="bad">failed</span>`,
    count(events),
    explanationOf(reason),
    lines.join(", "),
  ]);
  return section("Not delivered", [
    ends.length > 0 ? table("What is not delivered, by reason", head, rows) : html`<p>Every call is delivered.</p>`,
    filters.length > 0 &&
      html`<h3>Filter</h3>
        ${rulesTable("Rules of the filter", "Calls it decided on", filters)}`,
    unread.count > 0 &&
      html`<h3>Not read</h3>
        <p>${count(unread.count)} parts of the log hold no record.</p>
        <ul>
          ${unread.parts.map(({ line, reason }) => html`<li>line ${line}: ${reason}</li>`)}
        </ul>`,
  ]);
}

function redactedSection({ rules, traffic: { redacted, calls } }: PreviewPage): Html {
  const own = rules.filter(({ rule }) => !rule.startsWith("filter"));
  const head: TableColumn[] = [
    { title: "Key" },
    { title: "", kind: "wide" },
    { title: "Calls", kind: "number" },
    { title: "Share", kind: "number" },
  ];
  const rows = redacted.map((one) => [
    html`<code>${one.key}</code>`,
    bar([one.calls], calls, ["tone-4"]),
    count(one.calls),
    share(one.calls, calls),
  ]);
  return section("Redacted", [
    redacted.length > 0
      ? table("Keys with masked or hashed values", head, rows)
      : html`<p>No delivered value is masked or hashed.</p>`,
    own.length > 0 &&
      html`<h3>Rules</h3>
        ${rulesTable("Rules of redaction, identity and sampling", "Calls in which it found something", own)}`,
  ]);
}

function rulesTable(caption: string, title: string, rules: readonly UsedRule[]): Html {
  const rows = rules.map(({ rule, name = "", calls }) => [
    html`<code>${rule}</code>`,
    name,
    calls > 0 ? count(calls) : html`<span class="warn">none</span>`,
  ]);
  return table(caption, [{ title: "Rule" }, { title: "Names" }, { title, kind: "number" }], rows);
}
