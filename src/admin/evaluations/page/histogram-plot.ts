import type { Histogram } from '../schema.ts';
import { at, count, percent, short } from './format.ts';
import { type Markup, markup } from './markup.ts';

const left = 14;
const width = 692;
const panel = { height: 110, distance: 150 };

/** Scores of each class in a panel of its own and as shares of the class, so that a rare class is seen as well as a common one. */
export function histogramPlot(
  { edges, negatives, positives }: Histogram,
  threshold: number,
  [negative = '0', positive = '1']: readonly string[],
): Markup {
  const lowest = edges[0] ?? 0;
  const highest = edges.at(-1) ?? 1;
  const x = (score: number) => left + ((score - lowest) / (highest - lowest)) * width;
  const classes = [
    { name: negative, kind: 'negative', bins: negatives },
    { name: positive, kind: 'positive', bins: positives },
  ].map((one) => ({ ...one, rows: one.bins.reduce((sum, rows) => sum + rows, 0) }));
  const highestShare = Math.max(...classes.flatMap(({ bins, rows }) => bins.map((bin) => bin / Math.max(1, rows))));
  const ticks = edges.filter((_, index) => index % 5 === 0);
  const bottom = 24 + panel.distance + panel.height;

  return markup`<svg viewBox="0 0 720 ${bottom + 44}" role="img" aria-labelledby="histogram-title histogram-desc">
<title id="histogram-title">Scores by class</title>
<desc id="histogram-desc">${classes.map(({ name, rows }) => `${count(rows)} rows are ${name}. `)}Bars show the share of the class that scored in each bin.</desc>
${classes.map(({ name, kind, bins, rows }, place) => {
  const base = 24 + place * panel.distance + panel.height;
  return markup`<g class="${kind}"><text class="label" x="${left}" y="${base - panel.height - 8}">Actual ${name}: ${count(rows)} rows</text>
${bins.map((bin, index) => {
  const share = bin / Math.max(1, rows);
  const height = (share / Math.max(highestShare, Number.EPSILON)) * panel.height;
  const from = x(edges[index] ?? 0);
  const to = x(edges[index + 1] ?? 1);
  return markup`<rect class="bar" x="${at(from + 1.5)}" y="${at(base - height)}" width="${at(to - from - 3)}" height="${at(height)}" rx="2"><title>${short(edges[index] ?? 0)} to ${short(edges[index + 1] ?? 1)}: ${count(bin)} rows, ${percent(share)}</title></rect>
`;
})}<path class="base" d="M${left} ${base}H${left + width}"/></g>
`;
})}${ticks.map((tick) => markup`<text class="tick" x="${at(x(tick))}" y="${bottom + 17}" text-anchor="middle">${short(tick)}</text>`)}
${thresholdLine(x(threshold), threshold, bottom)}
<text class="axis" x="${left + width / 2}" y="${bottom + 36}" text-anchor="middle">Score</text>
</svg>`;
}

/** None for a threshold that no score comes near. */
function thresholdLine(x: number, threshold: number, bottom: number): Markup | undefined {
  if (x < left || x > left + width) return undefined;
  const isFarRight = x > left + width - 120;
  return markup`<path class="threshold" d="M${at(x)} 24V${bottom}"/>
<text class="label" x="${at(isFarRight ? x - 6 : x + 6)}" y="36" text-anchor="${isFarRight ? 'end' : 'start'}">threshold ${short(threshold)}</text>`;
}
