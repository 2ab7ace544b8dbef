import { at } from './format.ts';
import { type Markup, markup } from './markup.ts';

const left = 70;
const top = 12;
const size = 258;
const ticks = [0, 0.25, 0.5, 0.75, 1];

/** Coordinates in a plot whose axes go from 0 to 1. */
export const unit = {
  left,
  top,
  size,
  x: (value: number): string => at(left + value * size),
  y: (value: number): string => at(top + (1 - value) * size),
};

interface UnitPlot {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  /** For who cannot see it. */
  readonly description: string;
  readonly xAxis: string;
  readonly yAxis: string;
  readonly content: Markup;
}

export const unitPlot = ({ id, title, description, xAxis, yAxis, content }: UnitPlot): Markup =>
  markup`<svg viewBox="0 0 364 318" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${description}</desc>
${ticks.map(
  (
    tick,
  ) => markup`<path class="grid" d="M${unit.x(0)} ${unit.y(tick)}H${unit.x(1)}M${unit.x(tick)} ${unit.y(0)}V${unit.y(1)}"/>
<text class="tick" x="${left - 8}" y="${Number(unit.y(tick)) + 4}" text-anchor="end">${tick}</text>
<text class="tick" x="${unit.x(tick)}" y="${top + size + 17}" text-anchor="middle">${tick}</text>`,
)}
${content}
<text class="axis" x="${left + size / 2}" y="${top + size + 36}" text-anchor="middle">${xAxis}</text>
<text class="axis" transform="translate(26 ${top + size / 2}) rotate(-90)" text-anchor="middle">${yAxis}</text>
</svg>`;

/** Colours that stay apart, for lines next to each other; more classes begin again. */
export const seriesClass = (index: number): string => `series-${index % 6}`;
