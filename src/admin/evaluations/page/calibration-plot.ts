import type { CalibrationBin } from '../schema.ts';
import { count, decimal, percent } from './format.ts';
import { type Markup, markup } from './markup.ts';
import { unit, unitPlot } from './unit-plot.ts';

const { left, top, size, x, y } = unit;
const largest = 11;

/** Dots on the diagonal are probabilities that can be believed; the larger a dot, the more rows it stands for. */
export function calibrationPlot(bins: readonly CalibrationBin[], error: number | null | undefined): Markup {
  const most = Math.max(1, ...bins.map(({ rows }) => rows));
  const line = bins.map(({ predicted, actual }) => `${x(predicted)},${y(actual)}`).join(' ');
  return unitPlot({
    id: 'calibration',
    title: 'Calibration',
    description: `Expected calibration error ${decimal(error)}. ${bins.map(({ predicted, actual, rows }) => `${count(rows)} rows with a probability of ${percent(predicted)} came true in ${percent(actual)}.`).join(' ')}`,
    xAxis: 'Probability that the model gave',
    yAxis: 'Share that came true',
    content: markup`<path class="chance" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>
<polyline class="curve" points="${line}"/>
${bins.map(
  ({ predicted, actual, rows }) =>
    markup`<circle class="dot" cx="${x(predicted)}" cy="${y(actual)}" r="${(3 + (largest - 3) * Math.sqrt(rows / most)).toFixed(1)}"><title>${count(rows)} rows: told ${percent(predicted)}, came true ${percent(actual)}</title></circle>
`,
)}<text class="auc" x="${left + size - 10}" y="${top + size - 14}" text-anchor="end">ECE ${decimal(error)}</text>`,
  });
}
