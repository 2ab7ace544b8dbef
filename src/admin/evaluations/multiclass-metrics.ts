import { areaUnderCurve, classScores, loss, ratio, rocCurve } from './binary-metrics.ts';
import { calibrationBins, calibrationError, isProbability } from './calibration.ts';
import type { ClassReport, Measurements, Metrics } from './schema.ts';
import { type Scored, scoresOf, toldClass } from './scored-table.ts';

const pointsOfClass = 60;

interface Rows {
  readonly truths: Float64Array;
  readonly scored: Scored;
  /** Rows to look at. */
  readonly picked: readonly number[];
}

/** Rows by truth and by what they are told to be. */
function confusionOf({ truths, scored, picked }: Rows, classes: number): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const row of picked) {
    const counts = matrix[truths[row] ?? 0];
    const told = toldClass(scored, row);
    if (counts !== undefined && told in counts) counts[told] = (counts[told] ?? 0) + 1;
  }
  return matrix;
}

/** As scikit-learn does, a ratio that is not defined counts 0 in a mean. */
function mean(values: readonly (number | null)[], weights: readonly number[]): number | null {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return ratio(
    values.reduce<number>((sum, value, k) => sum + (value ?? 0) * (weights[k] ?? 0), 0),
    total,
  );
}

const isProbabilistic = ({ outputs, values }: Scored): boolean => outputs > 1 && values.every(isProbability);

/** Of each class against the rest. */
function classReports(rows: Rows, matrix: readonly (readonly number[])[], names: readonly string[]): ClassReport[] {
  const { truths, scored, picked } = rows;
  const isPicked = new Set(picked);
  return matrix.map((counts, k) => {
    const right = counts[k] ?? 0;
    const own = counts.reduce((sum, count) => sum + count, 0);
    const told = matrix.reduce((sum, others) => sum + (others[k] ?? 0), 0);
    const against =
      scored.outputs > 1
        ? classScores(
            truths.map((truth) => (truth === k ? 1 : 0)),
            scoresOf(scored, k, truths.length),
            (row) => isPicked.has(row),
          )
        : undefined;
    return {
      name: names[k] ?? String(k),
      rows: own,
      precision: ratio(right, told),
      recall: ratio(right, own),
      f1: ratio(2 * right, own + told),
      auc: against === undefined ? null : areaUnderCurve(against),
      roc: against === undefined ? [] : rocCurve(against, pointsOfClass),
    };
  });
}

function metricsOf(rows: Rows, reports: readonly ClassReport[], right: number): Metrics {
  const { truths, scored, picked } = rows;
  // A class that neither is nor is told in any row says nothing.
  const present = reports.filter(({ rows: own, precision }) => own > 0 || precision !== null);
  const once = present.map(() => 1);
  const byRows = present.map(({ rows: own }) => own);
  const of = (key: 'precision' | 'recall' | 'f1') => present.map((report) => report[key]);
  const areas = reports.map(({ auc }) => auc);
  const accuracy = ratio(right, picked.length);
  const losses = isProbabilistic(scored)
    ? picked.reduce((sum, row) => sum + loss(scored.values[row * scored.outputs + (truths[row] ?? 0)] ?? 0), 0)
    : undefined;
  return {
    accuracy,
    macroPrecision: mean(of('precision'), once),
    macroRecall: mean(of('recall'), once),
    macroF1: mean(of('f1'), once),
    microF1: accuracy,
    weightedPrecision: mean(of('precision'), byRows),
    weightedRecall: mean(of('recall'), byRows),
    weightedF1: mean(of('f1'), byRows),
    auc: areas.includes(null)
      ? null
      : mean(
          areas,
          areas.map(() => 1),
        ),
    logLoss: losses === undefined ? null : ratio(losses, picked.length),
    calibrationError: calibrationError(confidence(rows)),
  };
}

/** The reliability of the probability of the class that is told. */
function confidence({ truths, scored, picked }: Rows) {
  if (!isProbabilistic(scored)) return undefined;
  const given = (isRight: boolean) =>
    Float64Array.from(
      picked.filter((row) => (toldClass(scored, row) === truths[row]) === isRight),
      (row) => scored.values[row * scored.outputs + toldClass(scored, row)] ?? 0,
    );
  return calibrationBins(given(true), given(false));
}

/** Everything that is told of a model with several classes. */
export function multiclassMeasurements(rows: Rows, names: readonly string[]): Measurements {
  const classes = Math.max(
    names.length,
    rows.scored.outputs,
    ...distinct(rows.truths),
    ...distinct(rows.picked.map((row) => toldClass(rows.scored, row))),
  );
  const confusion = confusionOf(rows, classes);
  const reports = classReports(rows, confusion, names);
  const right = confusion.reduce((sum, counts, k) => sum + (counts[k] ?? 0), 0);
  const calibration = confidence(rows);
  return {
    metrics: metricsOf(rows, reports, right),
    confusion,
    classes: reports,
    ...(calibration === undefined ? {} : { calibration }),
  };
}

/** How many classes there must be for these indexes. */
const distinct = (indexes: Iterable<number>): number[] => [...new Set(indexes)].map((index) => index + 1);
