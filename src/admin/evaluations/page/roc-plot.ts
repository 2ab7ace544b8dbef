import type { ClassReport, ConfusionMatrix, RocPoint } from '../schema.ts';
import { decimal, percent, short } from './format.ts';
import { type Markup, markup } from './markup.ts';
import { seriesClass, unit, unitPlot } from './unit-plot.ts';

const { left, top, size, x, y } = unit;
const axes = { xAxis: 'False positive rate', yAxis: 'True positive rate' };
const chance = markup`<path class="chance" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>`;
const lineOf = (points: readonly RocPoint[]): string => points.map(({ fpr, tpr }) => `${x(fpr)},${y(tpr)}`).join(' ');

interface Curve {
  readonly points: readonly RocPoint[];
  readonly auc: number | null | undefined;
  readonly threshold: number;
  readonly matrix: ConfusionMatrix;
}

export function rocPlot({ points, auc, threshold, matrix }: Curve): Markup {
  const line = lineOf(points);
  const fpr = matrix.falsePositives / (matrix.falsePositives + matrix.trueNegatives);
  const tpr = matrix.truePositives / (matrix.truePositives + matrix.falseNegatives);
  return unitPlot({
    id: 'roc',
    title: 'ROC curve',
    description: `Area under the curve ${decimal(auc)}. At the threshold ${short(threshold)} the model finds ${percent(tpr)} of the positive rows and takes ${percent(fpr)} of the negative ones for positive.`,
    ...axes,
    content: markup`${chance}
<polygon class="area" points="${x(0)},${y(0)} ${line} ${x(1)},${y(0)}"/>
<polyline class="curve" points="${line}"/>
<circle class="point" cx="${x(fpr)}" cy="${y(tpr)}" r="5"><title>Threshold ${short(threshold)}</title></circle>
<text class="label" x="${Math.min(Number(x(fpr)) + 12, left + size - 100)}" y="${Number(y(tpr)) + 5}">threshold ${short(threshold)}</text>
<text class="auc" x="${left + size - 10}" y="${top + size - 14}" text-anchor="end">AUC ${decimal(auc)}</text>`,
  });
}

/** More names would hide the lines. */
const mostNamed = 6;

/** A curve for each class against the rest. */
export function classRocPlot(classes: readonly ClassReport[]): Markup {
  const drawn = classes.filter(({ roc }) => roc.length > 0).slice(0, mostNamed);
  const named = (index: number) => top + size - 14 - (drawn.length - 1 - index) * 17;
  return unitPlot({
    id: 'roc',
    title: 'ROC curve of each class',
    description: drawn.map(({ name, auc }) => `${name}: area ${decimal(auc)}.`).join(' '),
    ...axes,
    content: markup`${chance}${drawn.map(
      (
        { name, auc, roc },
        index,
      ) => markup`<g class="${seriesClass(index)}"><polyline class="line" points="${lineOf(roc)}"><title>${name}</title></polyline>
<text class="name" x="${left + size - 10}" y="${named(index)}" text-anchor="end">${name.length > 16 ? `${name.slice(0, 15)}…` : name} ${decimal(auc)}</text></g>
`,
    )}`,
  });
}
