/** Charts of plain rectangles and text in SVG. Widths are percentages: a chart fits any page, and its text keeps its size. */
import { clock, count, day, duration, short } from "./formats";
import { type Content, html, type Html } from "./html";

/** Parts of something as a bar, beside their numbers. */
export function bar(parts: readonly number[], whole: number, tones: readonly string[] = ["tone-1"]): Html {
  const widths = parts.map((part) => (whole > 0 ? (100 * part) / whole : 0));
  const before = widths.map((_, index) => widths.slice(0, index).reduce((sum, width) => sum + width, 0));
  return html`<svg width="100%" height="8" aria-hidden="true">
    <rect class="track" width="100%" height="8" />
    ${widths.map((width, index) => html`<rect class="${tones[index]}" x="${percent(before[index]!)}" width="${percent(width)}" height="8" />`)}
  </svg>`;
}

/** One colour of a stack. */
export interface StackSeries {
  readonly name: string;
  /** The class with its colour. */
  readonly tone: string;
  readonly values: readonly number[];
}

const PLOT_HEIGHT = 112;
const MAX_TIME_LABELS = 8;

/**
 * Columns of time, with what they are made of one upon the other.
 *
 * @param label says what is shown, for those who do not see it
 * @param begins milliseconds since the epoch, of each column
 */
export function columns(
  label: string,
  begins: readonly number[],
  seconds: number,
  series: readonly StackSeries[],
): Html {
  const sums = begins.map((_, index) => series.reduce((sum, { values }) => sum + values[index]!, 0));
  const scale = scaleOf(Math.max(...sums, 1), 1);
  const width = 100 / begins.length;
  const stacks = begins.map((begin, index) => {
    let below = 0;
    const parts = series.map(({ tone, values }) => {
      const value = values[index]!;
      below += value;
      return value === 0
        ? undefined
        : html`<rect
            class="${tone}"
            x="${percent(width * (index + 0.07))}"
            width="${percent(width * 0.86)}"
            y="${px(scale.y(below))}"
            height="${px(scale.y(0) - scale.y(value))}"
          />`;
    });
    const values = series
      .filter((one) => one.values[index]! > 0)
      .map((one) => `\n${one.name}: ${count(one.values[index]!)}`);
    const title = `${timeOf(begin, seconds)}: ${count(sums[index]!)}${values.join("")}`;
    return sums[index] === 0
      ? undefined
      : html`<g
          ><title>${title}</title
          ><rect
            class="hit"
            x="${percent(width * index)}"
            width="${percent(width)}"
            height="${PLOT_HEIGHT}"
          />${parts}</g
        >`;
  });
  return plot({ label, begins, seconds, scale, content: stacks, caption: legend(series) });
}

/** The values of an axis. */
export interface Scale {
  readonly levels: readonly number[];
  /** Where a value stands, from the top of the plot. */
  readonly y: (value: number) => number;
}

/**
 * About four levels at round values, from 0 to a value or beyond.
 *
 * @param least between two levels
 */
export function scaleOf(most: number, least = 0): Scale {
  const step = niceStep(most, least);
  const top = Math.ceil(most / step) * step;
  return {
    levels: Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step),
    y: (value) => PLOT_HEIGHT * (1 - value / top),
  };
}

/** What a chart over time consists of. */
interface Plot {
  readonly label: string;
  readonly begins: readonly number[];
  readonly seconds: number;
  readonly scale: Scale;
  /** What is drawn. */
  readonly content: Content;
  readonly caption: Html;
}

/** The frame of a chart over time. */
export function plot({ label, begins, seconds, scale: { levels, y }, content, caption }: Plot): Html {
  return html`<figure class="columns">
    <div class="plot">
      <svg class="axis" height="${PLOT_HEIGHT + 14}" aria-hidden="true">
        ${levels.map((level) => html`<text x="100%" y="${px(y(level) + 11)}">${short(level)}</text>`)}
      </svg>
      <svg height="${PLOT_HEIGHT + 28}" role="img" aria-label="${label}">
        <svg y="7" height="${PLOT_HEIGHT}">
          ${levels.map((level) => html`<line class="grid" x2="100%" y1="${px(y(level))}" y2="${px(y(level))}" />`)}${content}
        </svg>
        ${timeLabels(begins, seconds).map(
          ({ at, text, isMinor }) =>
            html`<g class="time${isMinor && " minor"}"
              ><line x1="${percent(at)}" x2="${percent(at)}" y1="${PLOT_HEIGHT + 7}" y2="${PLOT_HEIGHT + 11}" /><text
                x="${percent(at)}"
                y="${PLOT_HEIGHT + 24}"
                >${text}</text
              ></g
            >`,
        )}
      </svg>
    </div>
    <figcaption>${caption}</figcaption>
  </figure>`;
}

/** What each colour stands for. */
export function legend(series: readonly Pick<StackSeries, "name" | "tone">[]): Html {
  return html`<ul class="legend">
    ${series.map(
      ({ name, tone }) =>
        html`<li>
          <svg width="10" height="10" aria-hidden="true"><rect class="${tone}" width="10" height="10" /></svg>${name}
        </li>`,
    )}
  </ul>`;
}

interface Latency {
  readonly p50Ms?: number;
  readonly p90Ms?: number;
  readonly p99Ms?: number;
}

/** Latencies from the median to the 99th percentile, on a logarithmic scale that all rows share. */
export function spread({ p50Ms: p50, p90Ms: p90, p99Ms: p99 }: Latency, least: number, most: number): Html {
  if (p50 === undefined || p90 === undefined || p99 === undefined) return html``;
  const low = Math.log(Math.max(1, least));
  const range = Math.log(Math.max(1, most)) - low || 1;
  const x = (ms: number) => percent(2 + (96 * (Math.log(Math.max(1, ms)) - low)) / range);
  return html`<svg
    class="spread"
    width="100%"
    height="12"
    role="img"
    aria-label="P50 ${duration(p50)}, P90 ${duration(p90)}, P99 ${duration(p99)}"
  >
    <line x1="${x(p50)}" x2="${x(p99)}" y1="6" y2="6" />
    <line class="wide" x1="${x(p50)}" x2="${x(p90)}" y1="6" y2="6" />
    <circle cx="${x(p50)}" cy="6" r="3.5" />
    <line class="end" x1="${x(p99)}" x2="${x(p99)}" y1="2" y2="10" />
  </svg>`;
}

/** A table for a chart, behind a line that opens it. */
export function dataTable(caption: string, head: readonly string[], rows: readonly (readonly Content[])[]): Html {
  return html`<details class="data">
    <summary>Data: ${caption}</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="${caption}">
      <table>
        <caption class="hidden">
          ${caption}
        </caption>
        <thead>
          <tr>
            ${head.map((title, index) => html`<th scope="col" ${index > 0 && html` class="number"`}>${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([first, ...rest]) =>
              html`<tr>
                <th scope="row">${first}</th>
                ${rest.map((cell) => html`<td class="number">${cell}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

/** A column's time, as precise as it needs to be. */
export function timeOf(ms: number, seconds: number): string {
  return seconds >= 86_400 ? day(ms) : `${day(ms)} ${clock(ms, seconds < 60)}`;
}

/** 1, 2 or 5 with zeros, so that there are about four levels. */
function niceStep(most: number, least: number): number {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough)!;
  return Math.max(least, step);
}

const INTERVALS = [
  1, 5, 15, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_419_200,
];

interface TimeLabel {
  /** Percent of the width. */
  readonly at: number;
  readonly text: string;
  /** Not shown where there is little room. */
  readonly isMinor: boolean;
}

/** Round times, with the day where it changes. */
function timeLabels(begins: readonly number[], seconds: number): readonly TimeLabel[] {
  const [first = 0] = begins;
  const length = begins.length * seconds;
  const every =
    INTERVALS.find((interval) => interval >= seconds && length / interval <= MAX_TIME_LABELS) ??
    Math.ceil(length / MAX_TIME_LABELS / 86_400) * 86_400;
  const labels: TimeLabel[] = [];
  let shownDay = "";
  for (let second = Math.ceil(first / 1000 / every) * every; second < first / 1000 + length; second += every) {
    const at = (100 * (second - first / 1000)) / length;
    if (at > 95) break; // it would stand out of the page
    const [ofDay, time] = [day(second * 1000), clock(second * 1000, every < 60)];
    const onDay = length > 200 * 86_400 ? ofDay : ofDay.replace(/ \d+$/, "");
    const isNewDay = onDay !== shownDay;
    const text = every >= 86_400 ? onDay : isNewDay ? `${onDay} ${time}` : time;
    labels.push({
      at,
      text,
      isMinor: every >= 86_400 ? labels.length % 2 === 1 : (!isNewDay && length > 86_400) || labels.length % 2 === 1,
    });
    shownDay = onDay;
  }
  return labels;
}

/** A share of the width. */
export function percent(value: number): string {
  return `${Math.round(value * 100) / 100}%`;
}

/** A length. */
export function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}
