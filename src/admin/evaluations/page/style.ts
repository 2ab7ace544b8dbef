/** Colours that stay apart for colour-blind readers (blue and orange), in light and dark. */
export const style = `
:root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --line: #dfe3e8; --grid: #e9ecf0; --ink: #1b2330; --soft: #5b6675; --blue: #2563b8; --orange: #c2570c; --on-strong: #fff; --green: #2f7d4f; --purple: #7a4bb5; --teal: #0f7f8c; --pink: #b83280; }
@media (prefers-color-scheme: dark) { :root { --page: #12161c; --card: #1a2029; --line: #2d3642; --grid: #262e39; --ink: #e8ecf1; --soft: #9ba7b6; --blue: #6ea8fe; --orange: #f59a4d; --on-strong: #10151c; --green: #6fcf97; --purple: #b794f4; --teal: #4fd1c5; --pink: #f687b3; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 32px 20px 48px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 15px; margin: 0 0 12px; }
.facts { color: var(--soft); margin: 0 0 24px; overflow-wrap: anywhere; }
.metrics { display: grid; grid-template-columns: repeat(auto-fit, minmax(106px, 1fr)); gap: 10px; margin: 0 0 16px; }
.metrics div, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.metrics div { padding: 12px 13px; }
dt { color: var(--soft); font-size: 13px; }
dd { margin: 0; font-size: 21px; font-weight: 600; font-variant-numeric: tabular-nums; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px; }
.card { margin: 0; padding: 16px 18px; }
.wide { grid-column: 1 / -1; }
svg { display: block; width: 100%; height: auto; max-width: 460px; margin: 0 auto; font-family: inherit; }
.wide svg { max-width: none; }
.scroll { overflow-x: auto; }
.scroll svg { min-width: 520px; }
text { fill: var(--ink); font-size: 12px; }
.tick, .axis { fill: var(--soft); }
.label { font-weight: 600; }
.count { font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; }
.cell { fill: var(--card); stroke: var(--line); }
.right .heat { fill: var(--blue); }
.wrong .heat { fill: var(--orange); }
.strong text { fill: var(--on-strong); }
@media (prefers-color-scheme: dark) { .middling text { fill: var(--on-strong); } }
.grid { stroke: var(--grid); fill: none; }
.chance { stroke: var(--soft); stroke-dasharray: 4 4; fill: none; }
.curve { stroke: var(--blue); stroke-width: 2.5; fill: none; stroke-linejoin: round; }
.area { fill: var(--blue); opacity: .1; }
.point { fill: var(--card); stroke: var(--orange); stroke-width: 3; }
.auc { font-size: 18px; font-weight: 600; }
.negative .bar { fill: var(--blue); }
.positive .bar { fill: var(--orange); }
.base { stroke: var(--line); }
.threshold { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 5 4; }
.dot { fill: var(--blue); stroke: var(--card); stroke-width: 1.5; }
.speck { fill: var(--blue); opacity: .45; }
.line { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
.inner { font-size: 13px; font-variant-numeric: tabular-nums; }
.name { font-weight: 600; }
.series-0 .line { stroke: var(--blue); } .series-0 .name { fill: var(--blue); }
.series-1 .line { stroke: var(--orange); } .series-1 .name { fill: var(--orange); }
.series-2 .line { stroke: var(--green); } .series-2 .name { fill: var(--green); }
.series-3 .line { stroke: var(--purple); } .series-3 .name { fill: var(--purple); }
.series-4 .line { stroke: var(--teal); } .series-4 .name { fill: var(--teal); }
.series-5 .line { stroke: var(--pink); } .series-5 .name { fill: var(--pink); }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 10px; text-align: right; border-bottom: 1px solid var(--grid); white-space: nowrap; }
th:first-child { text-align: left; max-width: 260px; overflow: hidden; text-overflow: ellipsis; }
thead th { color: var(--soft); font-weight: 500; font-size: 13px; }
tbody th { font-weight: 600; }
tbody tr:last-child > * { border-bottom: 0; }
.card .facts { margin: 12px 0 0; }
.scroll + .scroll { margin-top: 14px; }
.failed { border-left: 4px solid var(--orange); }
`;
