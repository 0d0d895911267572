/** The page of `coverage`: a grid of accounts and regions, and each stage with what to do for it. */
import { count, share } from "../../pages/formats";
import { html, type Html } from "../../pages/html";
import { type Fact, facts, page, section, table } from "../../pages/page";
import { describeIssue } from "../../modules";
import type { CoverageTotals, TargetCoverage } from "./report";
import { logsTo } from "./rows";

/** So many accounts and regions with something to do are open from the start. */
const MAX_OPEN = 3;

/** The text of the page. */
export function coveragePage(found: readonly TargetCoverage[], totals: CoverageTotals): string {
  const places = found.map(placeOf);
  return page({
    title: "API Gateway stages in Moesif",
    lead: leadOf(places),
    sections: [facts(factsOf(totals, places)), gridSection(places), toDoSection(places), stagesSection(places)],
  });
}

type Tone = "good" | "warn" | "bad" | "none";

/** An account and region, with what its cell says. */
interface Place extends TargetCoverage {
  /** Of its element on the page. */
  readonly id: string;
  readonly wanted: number;
  readonly covered: number;
  readonly tone: Tone;
  /** For those who do not see the colour. */
  readonly label: string;
}

function placeOf(coverage: TargetCoverage, index: number): Place {
  const { target, refusal, rows } = coverage;
  const wanted = rows.filter((row) => row.wanted).length;
  const covered = rows.filter((row) => row.wanted && row.covered).length;
  const tone = refusal || wanted === 0 ? "none" : covered === wanted ? "good" : covered > 0 ? "warn" : "bad";
  const state = refusal ? "no access" : `${covered} of ${wanted} wanted stages in Moesif`;
  const label = `${target.accountName} ${target.region}: ${state}`;
  return { ...coverage, id: `place-${index + 1}`, wanted, covered, tone, label };
}

function leadOf(places: readonly Place[]): string {
  const number = (values: readonly string[], noun: string) => {
    const { size } = new Set(values);
    return `${count(size)} ${noun}${size === 1 ? "" : "s"}`;
  };
  const accounts = number(
    places.map(({ target }) => target.accountId),
    "account",
  );
  return `${accounts}, ${number(
    places.map(({ target }) => target.region),
    "region",
  )}`;
}

function factsOf({ stages, wanted, covered, uncovered, errors }: CoverageTotals, places: readonly Place[]): Fact[] {
  return [
    { name: "In Moesif", value: share(covered, wanted), detail: `${count(covered)} of ${count(wanted)} wanted stages` },
    { name: "Not in Moesif", value: count(uncovered), detail: "wanted stages", tone: uncovered > 0 ? "bad" : "good" },
    { name: "Stages that exist", value: count(stages), detail: `${count(stages - existingWanted(places))} not wanted` },
    {
      name: "No access",
      value: count(errors),
      detail: `of ${count(places.length)} accounts and regions`,
      tone: errors > 0 ? "warn" : undefined,
    },
  ];
}

function existingWanted(places: readonly Place[]): number {
  return places.flatMap(({ rows }) => rows).filter(({ wanted, state }) => wanted && state !== "missing").length;
}

const MEANINGS: readonly (readonly [Tone, string])[] = [
  ["good", "all in Moesif"],
  ["warn", "some"],
  ["bad", "none"],
  ["none", "no stage wanted, or no access"],
];

function gridSection(places: readonly Place[]): Html {
  const regions = [...new Set(places.map(({ target }) => target.region))].sort();
  const accounts = new Map(places.map(({ target }) => [target.accountId, target.accountName]));
  const rows = [...accounts].map(([id, name]) => {
    const own = places.filter(({ target }) => target.accountId === id);
    const cells = regions.map((region) => cellOf(own.find(({ target }) => target.region === region)));
    const [covered, wanted] = [sumOf(own, "covered"), sumOf(own, "wanted")];
    return html`<tr>
      <th scope="row">${name} <span class="note">${id}</span></th>
      ${cells}
      <td class="number">${covered}/${wanted}</td>
      <td class="number note">${share(covered, wanted)}</td>
    </tr>`;
  });
  const head = regions.map((region) => html`<th scope="col">${region}</th>`);
  const legend = MEANINGS.map(([tone, text]) => html`<li><span class="swatch ${tone}-cell"></span>${text}</li>`);
  return section(
    "Accounts and regions",
    html`<div class="scroll" tabindex="0" role="region" aria-label="Grid of accounts and regions">
        <table class="cells">
          <caption class="hidden">
            Stages in Moesif of stages wanted, by account and region
          </caption>
          <thead>
            <tr>
              <th scope="col">Account</th>
              ${head}
              <th scope="col" colspan="2">All regions</th>
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>
      <ul class="legend">
        ${legend}
      </ul>`,
    "Stages in Moesif of stages wanted. A cell leads to its stages; a blank one is not in the rollout.",
  );
}

function sumOf(places: readonly Place[], figure: "covered" | "wanted"): number {
  return places.reduce((sum, place) => sum + place[figure], 0);
}

function cellOf(place: Place | undefined): Html {
  if (place === undefined) return html`<td></td>`;
  const { id, tone, label, refusal, covered, wanted } = place;
  const text = refusal ? "no access" : `${covered}/${wanted}`;
  return html`<td class="cell ${tone}-cell"><a href="#${id}" aria-label="${label}">${text}</a></td>`;
}

/** What to do, once for all stages for which it is the same. */
function toDoSection(places: readonly Place[]): Html {
  const toDo = new Map<string, Place[]>();
  const add = (what: string, place: Place) => toDo.set(what, [...(toDo.get(what) ?? []), place]);
  for (const place of places) {
    if (place.refusal) add(`${place.refusal.message}: ${place.refusal.fix}`, place);
    for (const row of place.rows) if (row.wanted && !row.covered) add(row.advice, place);
  }
  if (toDo.size === 0) return section("What to do", html`<p>Nothing: every wanted stage is in Moesif.</p>`);
  const rows = [...toDo]
    .sort(([, one], [, other]) => other.length - one.length)
    .map(([what, where]) => [
      html`<span class="sentence">${what}</span>`,
      count(where.length),
      linksTo([...new Set(where)]),
    ]);
  const head = [{ title: "What to do" }, { title: "Times", kind: "number" }, { title: "Where" }] as const;
  return section("What to do", table("What to do", head, rows));
}

const MAX_LINKS = 6;

function linksTo(places: readonly Place[]): Html {
  const links = places.slice(0, MAX_LINKS).map(({ id, target }, index) => {
    return html`${index > 0 && ", "}<a href="#${id}">${target.accountName} ${target.region}</a>`;
  });
  return html`${links}${places.length > MAX_LINKS && ` and ${count(places.length - MAX_LINKS)} more`}`;
}

function stagesSection(places: readonly Place[]): Html {
  const isToDo = ({ covered, wanted, refusal }: Place) => covered < wanted || refusal !== undefined;
  const areOpen = places.filter(isToDo).length <= MAX_OPEN;
  return section(
    "Stages",
    places.map((place) => stagesOf(place, areOpen && isToDo(place))),
  );
}

const HEAD = ["API", "Stage", "Type", "Wanted", "Logs to", "What to do"].map((title) => ({ title }));

/** A link to what stands in a closed element opens it. */
function stagesOf(place: Place, isOpen: boolean): Html {
  const { id, target, refusal, rows, tone, label, covered, wanted } = place;
  const content = refusal
    ? html`<p>No access: ${refusal.message}</p>
        <p>${refusal.fix}</p>`
    : rows.length === 0
      ? html`<p>There are no stages.</p>`
      : table(
          label,
          HEAD,
          rows.map((row) => {
            const { apiName, apiId, stage, type, advice, issues } = row;
            const mark = !row.wanted ? "none" : row.covered ? "good" : "bad";
            return [
              html`${apiName && `${apiName} `}<span class="note">${apiId}</span>`,
              stage,
              type,
              row.wanted ? "yes" : "no",
              html`<span class="${mark}-text">${logsTo(row)}</span>`,
              html`<span class="sentence">${advice}</span>${
                  issues.length > 0 &&
                  html`<ul class="note">
                    ${issues.map((issue) => html`<li>${describeIssue(issue)}</li>`)}
                  </ul>`
                }`,
            ];
          }),
        );
  const state = refusal ? "no access" : `${covered} of ${wanted} in Moesif`;
  return html`<details class="place" ${isOpen && html` open`}>
    <summary>
      <span class="swatch ${tone}-cell"></span><span class="name">${target.accountName} ${target.region}</span>
      <span class="state">${state}</span>
      <span class="note">${target.accountId} · ${target.stackName}</span>
    </summary>
    <div id="${id}">${content}</div>
  </details>`;
}
