/** The look of the pages. Colours have a contrast of 4.5 for text and 3 for marks, and differ for the colour-blind. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --panel: #f6f7f9; --line: #e1e5ea; --text: #1b2229; --muted: #5a6571; --link: #1f5fa8;
  --good: #156b3e; --warn: #96590a; --bad: #b3261e;
  --tone-1: #2f6db3; --tone-2: #d95f02; --tone-3: #1b8a6b; --tone-4: #8b5fb0; --tone-5: #a3254f;
  --rest: #8a95a1; --none: #b4bcc6;
  --s2: #3f7fc4; --s3: #8496aa; --s4: #d08a00; --s5: #b3261e;
  --good-ground: #e3f3ea; --warn-ground: #fdf0d5; --bad-ground: #fbe4e2; --none-ground: #eceff2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11161b; --panel: #181f26; --line: #2a333d; --text: #e3e8ed; --muted: #98a4b0; --link: #7fb2ee;
    --good: #5fc48f; --warn: #e2a84b; --bad: #f28b82;
    --tone-1: #5b9be0; --tone-2: #f08a3c; --tone-3: #3fb892; --tone-4: #b08ad4; --tone-5: #e0608c;
    --rest: #7d8995; --none: #56616d;
    --s2: #5b9be0; --s3: #8496aa; --s4: #e2a63a; --s5: #ef6f64;
    --good-ground: #173326; --warn-ground: #3a2c12; --bad-ground: #45201d; --none-ground: #222a32;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; }
main { max-width: 1180px; margin: 0 auto; padding: 24px 24px 64px; }
h1 { margin: 0; font-size: 20px; font-weight: 650; line-height: 1.3; overflow-wrap: anywhere; }
h2 { margin: 0 0 8px; font-size: 15px; font-weight: 650; }
h3 { margin: 16px 0 6px; font-size: 13px; font-weight: 600; color: var(--muted); }
p { margin: 4px 0; max-width: 76ch; overflow-wrap: anywhere; }
header p, .note { color: var(--muted); }
.note { font-size: 12.5px; }
section { margin-top: 32px; min-width: 0; }
section > .note { margin: -4px 0 10px; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); column-gap: 40px; }
code { font: 12.5px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.lines { white-space: pre-line; }
pre { margin: 0; padding: 12px; background: var(--panel); border: 1px solid var(--line); border-radius: 4px; overflow: auto; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.facts { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 1px; margin: 20px 0 0; padding: 1px; background: var(--line); border-radius: 4px; overflow: hidden; }
.facts > div { padding: 10px 14px; background: var(--ground); }
.facts dt { color: var(--muted); font-size: 12.5px; }
.facts dd { margin: 0; font-size: 20px; font-weight: 600; line-height: 1.35; }
.facts dd.note { font-size: 12.5px; font-weight: 400; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.scroll { overflow-x: auto; max-width: 100%; }
table { width: 100%; border-collapse: collapse; position: relative; }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; font-weight: 400; }
thead th { color: var(--muted); font-size: 12.5px; white-space: nowrap; vertical-align: bottom; }
tbody th { overflow-wrap: anywhere; min-width: 110px; max-width: 460px; }
.number { text-align: right; white-space: nowrap; }
.wide { width: 22%; min-width: 90px; }
td.wide { vertical-align: middle; }
tr > :last-child { padding-right: 0; }
svg { display: block; overflow: visible; }
svg text { fill: var(--muted); font-size: 11.5px; }
.tone-1 { fill: var(--tone-1); } .tone-2 { fill: var(--tone-2); } .tone-3 { fill: var(--tone-3); } .tone-4 { fill: var(--tone-4); } .tone-5 { fill: var(--tone-5); }
.rest { fill: var(--rest); } .none { fill: var(--none); }
.s1 { fill: var(--tone-4); } .s2 { fill: var(--s2); } .s3 { fill: var(--s3); } .s4 { fill: var(--s4); } .s5 { fill: var(--s5); }
.track { fill: var(--panel); }
.columns { margin: 0; }
.plot { display: grid; grid-template-columns: 40px minmax(0, 1fr); column-gap: 8px; }
.plot > svg { width: 100%; }
.axis text { text-anchor: end; }
.grid { stroke: var(--line); }
.time line { stroke: var(--rest); } .time text { text-anchor: middle; }
.hit { fill: transparent; } g:hover > .hit { fill: var(--line); }
figcaption { display: flex; flex-wrap: wrap; gap: 2px 16px; justify-content: space-between; margin: 2px 0 0 48px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; margin: 0; padding: 0; list-style: none; font-size: 12.5px; min-width: 0; }
.legend li { display: flex; align-items: center; gap: 5px; min-width: 0; overflow-wrap: anywhere; }
.legend svg { flex: none; }
.spread line { stroke: var(--rest); stroke-width: 1; } .spread .wide { stroke: var(--tone-1); stroke-width: 3; } .spread circle { fill: var(--tone-1); } .spread .end { stroke: var(--rest); stroke-width: 2; }
.cells { width: auto; border-collapse: separate; border-spacing: 2px; }
.cells th, .cells td { border: 0; padding: 4px 8px; }
.cells thead th { text-align: center; }
.cells thead th:first-child, .cells tbody th { text-align: left; position: sticky; left: 0; background: var(--ground); padding: 4px 16px 4px 0; white-space: nowrap; z-index: 1; }
.cells .number { padding: 4px 0 4px 8px; }
.cells .cell { min-width: 88px; padding: 0; text-align: center; border-radius: 2px; }
.cell a { display: block; padding: 4px 8px; color: inherit; text-decoration: none; font-weight: 600; white-space: nowrap; }
.cell a:hover { text-decoration: underline; }
.good-cell { background-color: var(--good-ground); color: var(--good); }
.warn-cell { background-color: var(--warn-ground); color: var(--warn); }
.bad-cell { background-color: var(--bad-ground); color: var(--bad); }
.none-cell { background-color: var(--none-ground); color: var(--muted); }
.swatch { display: inline-block; width: 10px; height: 10px; border: 1px solid; border-radius: 2px; flex: none; }
.scroll + .legend { margin-top: 8px; }
.sentence { display: block; } .sentence::first-letter { text-transform: uppercase; }
.good-text { color: var(--good); } .bad-text { color: var(--bad); } .none-text { color: var(--muted); }
.place { border-top: 1px solid var(--line); margin: 0; padding: 6px 0; }
.place > summary { color: var(--text); font-size: 14px; width: auto; }
.place > summary .swatch { margin: 0 8px 0 2px; }
.place .name { display: inline-block; min-width: 230px; } .place .state { display: inline-block; min-width: 140px; color: var(--text); }
.place > div { margin: 6px 0 12px; scroll-margin-top: 48px; }
.place > div:target { outline: none; }
details { margin: 6px 0 0; }
summary { cursor: pointer; color: var(--muted); font-size: 12.5px; width: fit-content; }
summary:hover { color: var(--text); }
.data { margin-left: 48px; }
.data .scroll { max-height: 320px; overflow: auto; margin-top: 4px; }
@media (min-width: 1100px) {
  .facts { grid-template-columns: none; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); }
}
@media (max-width: 760px) {
  main { padding: 16px 14px 48px; }
  .pair { grid-template-columns: minmax(0, 1fr); }
  .time.minor { display: none; }
  .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .wide { min-width: 64px; }
  .cells tbody .note { display: block; } .cells tbody th { padding-right: 8px; } .cells .cell { min-width: 64px; }
  .place .name, .place .state { min-width: 0; margin-right: 8px; } .place > summary .note { display: block; margin-left: 34px; }
  figcaption, .data { margin-left: 0; }
}
@media print {
  main { max-width: none; padding: 0; }
  section { break-inside: avoid; }
}
`;
