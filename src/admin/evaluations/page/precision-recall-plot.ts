import type { ConfusionMatrix, PrecisionRecallPoint } from '../schema.ts';
import { decimal, percent, short } from './format.ts';
import { type Markup, markup } from './markup.ts';
import { unit, unitPlot } from './unit-plot.ts';

const { left, top, size, x, y } = unit;

interface Curve {
  readonly points: readonly PrecisionRecallPoint[];
  readonly averagePrecision: number | null | undefined;
  readonly threshold: number;
  readonly matrix: ConfusionMatrix;
}

export function precisionRecallPlot({ points, averagePrecision, threshold, matrix }: Curve): Markup {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = matrix;
  const positives = truePositives + falseNegatives;
  const share = positives / (positives + falsePositives + trueNegatives);
  const recall = truePositives / positives;
  const told = truePositives + falsePositives;
  const first = points[0];
  const line = [...(first === undefined ? [] : [{ ...first, recall: 0 }]), ...points]
    .map((point) => `${x(point.recall)},${y(point.precision)}`)
    .join(' ');
  return unitPlot({
    id: 'pr',
    title: 'Precision and recall',
    description: `Average precision ${decimal(averagePrecision)}. ${percent(share)} of the rows are positive, which is what guessing would reach.`,
    xAxis: 'Recall',
    yAxis: 'Precision',
    content: markup`<path class="chance" d="M${x(0)} ${y(share)}H${x(1)}"/>
<polygon class="area" points="${x(0)},${y(0)} ${line} ${x(points.at(-1)?.recall ?? 0)},${y(0)}"/>
<polyline class="curve" points="${line}"/>
${
  told === 0
    ? undefined
    : markup`<circle class="point" cx="${x(recall)}" cy="${y(truePositives / told)}" r="5"><title>Threshold ${short(threshold)}</title></circle>
`
}<text class="auc" x="${left + size - 10}" y="${top + 24}" text-anchor="end">AP ${decimal(averagePrecision)}</text>`,
  });
}
