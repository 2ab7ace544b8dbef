import { GatewayError } from '../../errors.ts';
import {
  calibration,
  classScores,
  confusionMatrix,
  histogram,
  loss,
  metrics,
  precisionRecallCurve,
  rocCurve,
} from './binary-metrics.ts';
import { isProbability } from './calibration.ts';
import { multiclassMeasurements } from './multiclass-metrics.ts';
import { aucDifference, mcNemarPValue, meanDifference } from './paired-difference.ts';
import type { Contestant, EvaluationPlan } from './plan.ts';
import { regressionMeasurements, regressionMetrics } from './regression-metrics.ts';
import type { Comparison, Difference, Measurements, Metrics, Slice } from './schema.ts';
import { type Scored, type ScoredTable, toldClass } from './scored-table.ts';

/** What is measured of one contestant, over all rows or some. */
interface View {
  readonly problem: EvaluationPlan['problem'];
  readonly truths: Float64Array;
  readonly scored: Scored;
  readonly contestant: Contestant;
}

const allRows = (truths: Float64Array): number[] => [...truths.keys()];
const pick = (values: Float64Array, rows: readonly number[]): Float64Array =>
  Float64Array.from(rows, (row) => values[row] ?? 0);

function measureAll({ problem, truths, scored, contestant }: View): Measurements {
  const { threshold, deployment } = contestant;
  if (problem === 'multiclass') {
    return multiclassMeasurements({ truths, scored, picked: allRows(truths) }, deployment.labels ?? []);
  }
  if (problem === 'regression') return regressionMeasurements(truths, scored.values);
  const scores = classScores(truths, scored.values);
  const reliability = calibration(scores);
  return {
    metrics: metrics(scores, threshold),
    confusionMatrix: confusionMatrix(scores, threshold),
    roc: rocCurve(scores),
    precisionRecall: precisionRecallCurve(scores),
    histogram: histogram(scores),
    ...(reliability === undefined ? {} : { calibration: reliability }),
  };
}

function metricsOf({ problem, truths, scored, contestant }: View, rows: readonly number[]): Metrics {
  const { threshold, deployment } = contestant;
  if (problem === 'multiclass') {
    return multiclassMeasurements({ truths, scored, picked: rows }, deployment.labels ?? []).metrics ?? {};
  }
  if (problem === 'regression') return regressionMetrics(pick(truths, rows), pick(scored.values, rows));
  return metrics(classScores(pick(truths, rows), pick(scored.values, rows)), threshold);
}

function slicesOf(view: View, table: ScoredTable): Slice[] {
  return table.slices.flatMap(({ column, values, codes }) =>
    values.flatMap((value, code) => {
      const rows = allRows(view.truths).filter((row) => codes[row] === code);
      return rows.length === 0 ? [] : [{ column, value, rows: rows.length, metrics: metricsOf(view, rows) }];
    }),
  );
}

/** 1 for a row that is told right. */
function correctness({ problem, truths, scored, contestant }: View): Float64Array {
  return truths.map((truth, row) => {
    const told =
      problem === 'multiclass' ? toldClass(scored, row) : (scored.values[row] ?? 0) >= contestant.threshold ? 1 : 0;
    return told === truth ? 1 : 0;
  });
}

/** The loss of each row; undefined when the scores are no probabilities. */
function losses({ problem, truths, scored }: View): Float64Array | undefined {
  if (!scored.values.every(isProbability) || (problem === 'multiclass' && scored.outputs === 1)) return undefined;
  return truths.map((truth, row) => {
    if (problem === 'multiclass') return loss(scored.values[row * scored.outputs + truth] ?? 0);
    const score = scored.values[row] ?? 0;
    return loss(truth === 1 ? score : 1 - score);
  });
}

const named = (metric: string, interval: Omit<Difference, 'metric'> | undefined): Difference[] =>
  interval === undefined ? [] : [{ metric, ...interval }];

function regressionDifferences(a: View, b: View): Difference[] {
  const errors = ({ truths, scored }: View) => truths.map((truth, row) => Math.abs((scored.values[row] ?? 0) - truth));
  const [errorsA, errorsB] = [errors(a), errors(b)];
  const squared = (values: Float64Array) => values.map((value) => value ** 2);
  return [
    ...named('mae', meanDifference(errorsA, errorsB)),
    ...named('mse', meanDifference(squared(errorsA), squared(errorsB))),
  ];
}

function compare(a: View, b: View): Comparison {
  const { name, version } = b.contestant.deployment;
  const facts = { deployment: name, version, metrics: metricsOf(b, allRows(b.truths)) };
  if (a.problem === 'regression') return { ...facts, differences: regressionDifferences(a, b) };
  const [rightA, rightB] = [correctness(a), correctness(b)];
  const [lossA, lossB] = [losses(a), losses(b)];
  const onlyThis = rightA.filter((right, row) => right > (rightB[row] ?? 0)).length;
  const onlyOther = rightA.filter((right, row) => right < (rightB[row] ?? 0)).length;
  return {
    ...facts,
    differences: [
      ...named('accuracy', meanDifference(rightA, rightB)),
      ...(a.problem === 'binary' ? named('auc', aucDifference(a.truths, a.scored.values, b.scored.values)) : []),
      ...(lossA === undefined || lossB === undefined ? [] : named('logLoss', meanDifference(lossA, lossB))),
    ],
    mcNemar: { onlyThis, onlyOther, pValue: mcNemarPValue(onlyThis, onlyOther) },
  };
}

/** Everything that is told of scored rows. @throws GatewayError model_error when the scores do not fit the problem */
export function measure(
  { problem, contestants }: Pick<EvaluationPlan, 'problem' | 'contestants'>,
  table: ScoredTable,
): Measurements {
  const views = contestants.flatMap((contestant, index): View[] => {
    const scored = table.scored[index];
    if (scored === undefined) return [];
    if (problem !== 'multiclass' && scored.outputs !== 1) {
      const { name } = contestant.deployment;
      throw new GatewayError(
        'model_error',
        `"${name}" answers ${scored.outputs} scores a row: its problem is not ${problem}.`,
      );
    }
    return [{ problem, truths: table.truths, scored, contestant }];
  });
  const [view, other] = views;
  if (view === undefined) return {};
  return {
    ...measureAll(view),
    ...(table.slices.length === 0 ? {} : { slices: slicesOf(view, table) }),
    ...(other === undefined ? {} : { comparison: compare(view, other) }),
  };
}
