import type { Residuals } from '../schema.ts';
import { at, count, decimal, percent, short } from './format.ts';
import { type Markup, markup } from './markup.ts';

const left = 70;
const top = 12;
const size = 258;
const steps = [0, 0.25, 0.5, 0.75, 1];

const frame = (id: string, title: string, description: string, content: Markup): Markup =>
  markup`<svg viewBox="0 0 364 318" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${description}</desc>
${content}
</svg>`;

/** Dots on the diagonal are told right. */
export function scatterPlot({ points }: Residuals, r2: number | null | undefined): Markup {
  const values = points.flatMap(({ truth, prediction }) => [truth, prediction]);
  const lowest = Math.min(...values);
  const highest = Math.max(...values);
  const span = highest - lowest || 1;
  const x = (value: number) => at(left + ((value - lowest) / span) * size);
  const y = (value: number) => at(top + (1 - (value - lowest) / span) * size);
  const content = markup`${steps.map((step) => {
    const value = lowest + step * span;
    return markup`<path class="grid" d="M${x(lowest)} ${y(value)}H${left + size}M${x(value)} ${top + size}V${top}"/>
<text class="tick" x="${left - 8}" y="${Number(y(value)) + 4}" text-anchor="end">${short(value)}</text>
<text class="tick" x="${x(value)}" y="${top + size + 17}" text-anchor="middle">${short(value)}</text>`;
  })}
<path class="chance" d="M${left} ${top + size}L${left + size} ${top}"/>
${points.map(({ truth, prediction }) => markup`<circle class="speck" cx="${x(truth)}" cy="${y(prediction)}" r="2.5"/>`)}
<text class="auc" x="${left + size - 10}" y="${top + size - 14}" text-anchor="end">R² ${decimal(r2)}</text>
<text class="axis" x="${left + size / 2}" y="${top + size + 36}" text-anchor="middle">Actual</text>
<text class="axis" transform="translate(16 ${top + size / 2}) rotate(-90)" text-anchor="middle">Predicted</text>`;
  return frame('scatter', 'Predictions', `Predicted against actual values of ${count(points.length)} rows.`, content);
}

/** How far off, and how often. */
export function residualPlot({ edges, counts }: Residuals): Markup {
  const lowest = edges[0] ?? 0;
  const highest = edges.at(-1) ?? 1;
  const most = Math.max(1, ...counts);
  const total = Math.max(
    1,
    counts.reduce((sum, rows) => sum + rows, 0),
  );
  const x = (value: number) => 20 + ((value - lowest) / (highest - lowest || 1)) * 328;
  const base = top + size;
  const content = markup`${counts.map((rows, bin) => {
    const from = x(edges[bin] ?? 0);
    const height = (rows / most) * (size - 10);
    return markup`<rect class="bar" x="${at(from + 1)}" y="${at(base - height)}" width="${at(x(edges[bin + 1] ?? 0) - from - 2)}" height="${at(height)}" rx="2"><title>${short(edges[bin] ?? 0)} to ${short(edges[bin + 1] ?? 0)}: ${count(rows)} rows, ${percent(rows / total)}</title></rect>
`;
  })}<path class="base" d="M20 ${base}H348"/>
<path class="threshold" d="M${at(x(0))} ${top}V${base}"/>
${edges.filter((_edge, index) => index % 5 === 0).map((edge) => markup`<text class="tick" x="${at(x(edge))}" y="${base + 17}" text-anchor="middle">${short(edge)}</text>`)}
<text class="axis" x="184" y="${base + 36}" text-anchor="middle">Predicted − actual</text>`;
  return frame(
    'residuals',
    'Residuals',
    `How many rows are off by how much, between ${short(lowest)} and ${short(highest)}.`,
    markup`<g class="negative">${content}</g>`,
  );
}
