/** Draws a dashboard of recorded metrics as a page. */
import { columns, legend, percent, plot, px, scaleOf } from "../../pages/charts";
import { count } from "../../pages/formats";
import { html, type Html } from "../../pages/html";
import { page } from "../../pages/page";
import type { Metrics } from "../../local/metrics";
import type { AlarmStates } from "./alarms";
import { type MetricProperties, shownBy, type Span } from "./evaluate";
import type { Named } from "./expression";

/** A widget of a dashboard. */
export type Widget = { readonly x: number; readonly y: number; readonly width: number; readonly height: number } & (
  | { readonly type: "text"; readonly properties: { readonly markdown: string } }
  | { readonly type: "alarm"; readonly properties: { readonly title: string; readonly alarms: readonly string[] } }
  | { readonly type: "metric"; readonly properties: MetricProperties }
);

/** The body of a dashboard. */
export interface DashboardBody {
  readonly start?: string;
  readonly widgets: readonly Widget[];
}

/** What is drawn. */
export interface Drawing {
  readonly title: string;
  readonly lead: string;
  readonly body: DashboardBody;
  readonly metrics: Metrics;
  readonly span: Span;
  readonly alarms: AlarmStates;
}

/** Seconds of a period. */
const PERIOD = 300;

const TONES = ["tone-1", "tone-2", "tone-3", "tone-4", "tone-5", "rest", "none"];

const STYLE = `
main { max-width: none; }
.board { display: grid; grid-template-columns: repeat(24, minmax(0, 1fr)); gap: 10px; margin-top: 16px; }
.widget { margin: 0; padding: 8px 12px; border: 1px solid var(--line); border-radius: 4px; }
.widget h2 { font-size: 13px; margin: 0 0 6px; }
.wide-24 { grid-column: span 24; } .wide-12 { grid-column: span 12; } .wide-8 { grid-column: span 8; }
.time.minor { display: none; }
.line { fill: none; stroke-width: 1.75; } .limit { stroke: var(--bad); stroke-dasharray: 4 3; }
.limit-label { text-anchor: end; }
${TONES.map((tone) => `.stroke-${tone} { stroke: var(--${tone}); }`).join("\n")}
.figures { display: flex; justify-content: space-around; gap: 12px; margin: 0; text-align: center; }
.figures dt { color: var(--muted); font-size: 12.5px; } .figures dd { margin: 0; font-size: 22px; font-weight: 600; }
.alarms { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 6px; margin: 0; padding: 0; list-style: none; font-size: 12px; }
.alarms li { padding: 3px 8px; border-left: 4px solid var(--good); background: var(--panel); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.alarms .fires { border-color: var(--bad); background: var(--bad-ground); }
`;

/** The text of the page. */
export function drawn({ title, lead, body, ...recorded }: Drawing): string {
  const widgets = body.widgets.map(
    (widget) => html`<section class="widget wide-${widget.width}">${contentOf(widget, recorded)}</section>`,
  );
  return page({ title, lead, sections: [html`<div class="board">${widgets}</div>`], style: STYLE });
}

function contentOf(widget: Widget, recorded: Pick<Drawing, "metrics" | "span" | "alarms">): Html {
  if (widget.type === "text") {
    const [heading = "", ...rest] = widget.properties.markdown.split("\n");
    return html`<h2>${heading.replace(/^#+ /, "").replaceAll("`", "")}</h2>
      <p class="note">${rest.join(" ")}</p>`;
  }
  if (widget.type === "alarm") return alarms(widget.properties, recorded.alarms);
  const { properties } = widget;
  const series = shownBy(properties, recorded.metrics, recorded.span);
  const chart = properties.view === "singleValue" ? figures(series) : overTime(properties, series, recorded.span);
  return html`<h2>${properties.title}</h2>
    ${chart}`;
}

function alarms({ title, alarms }: { title: string; alarms: readonly string[] }, states: AlarmStates): Html {
  const names = alarms.map((arn) => arn.slice(arn.indexOf(":alarm:") + ":alarm:".length));
  return html`<h2>${title}</h2>
    <ul class="alarms">
      ${names.map((name) => html`<li class="${states.get(name) === "ALARM" ? "fires" : "rests"}">${name}</li>`)}
    </ul>`;
}

function figures(series: readonly Named[]): Html {
  return html`<dl class="figures">
    ${series.map(
      ({ label, values: [value] }) =>
        html`<div>
          <dd>${value === undefined ? "–" : figure(value)}</dd>
          <dt>${label}</dt>
        </div>`,
    )}
  </dl>`;
}

/** Three digits. */
function figure(value: number): string {
  return value >= 100 ? count(value) : String(Number(value.toPrecision(3)));
}

function overTime(properties: MetricProperties, series: readonly Named[], { from, to }: Span): Html {
  const { title, stacked, annotations, yAxis } = properties;
  const begins = Array.from(
    { length: Math.ceil((to - from) / 1000 / PERIOD) },
    (_, index) => from + index * PERIOD * 1000,
  );
  const toned = series.map(({ label, values }, index) => ({ name: label, tone: TONES[index % TONES.length]!, values }));
  if (stacked) {
    const filled = toned.map((one) => ({ ...one, values: one.values.map((value) => value ?? 0) }));
    return columns(title, begins, PERIOD, filled);
  }
  const limits = annotations?.horizontal ?? [];
  const values = toned.flatMap((one) => one.values.filter((value) => value !== undefined));
  const most = yAxis?.left.max ?? Math.max(...values, ...limits.map(({ value }) => value));
  const scale = scaleOf(most > 0 ? most : 1);
  const x = (index: number) => percent((100 * (index + 0.5)) / begins.length);
  const lines = toned.map(({ tone, values }) =>
    values.map((value, index) => {
      if (value === undefined) return undefined;
      const [next, last] = [values[index + 1], values[index - 1]];
      const y = px(scale.y(value));
      if (next !== undefined) {
        return html`<line
          class="line stroke-${tone}"
          x1="${x(index)}"
          x2="${x(index + 1)}"
          y1="${y}"
          y2="${px(scale.y(next))}"
        />`;
      }
      return last === undefined ? html`<circle class="${tone}" cx="${x(index)}" cy="${y}" r="2" />` : undefined;
    }),
  );
  const marks = limits.map(({ value, label }) => {
    const y = scale.y(value);
    return html`<line class="limit" x2="100%" y1="${px(y)}" y2="${px(y)}" />
      <text class="limit-label" x="100%" y="${px(y - 4)}">${label}</text>`;
  });
  return plot({ label: title, begins, seconds: PERIOD, scale, content: [marks, lines], caption: legend(toned) });
}
