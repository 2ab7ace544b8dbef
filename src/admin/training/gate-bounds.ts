import Type, { type TNumber, type TOptional } from 'typebox';
import { Metrics, type Problem } from '../evaluations/schema.ts';

interface Bound {
  readonly metric: keyof Metrics;
  /** Reports of other problems have no such metric. */
  readonly of: readonly Problem[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const share = { minimum: 0, maximum: 1 };
const classes: readonly Problem[] = ['binary', 'multiclass'];
const binary: readonly Problem[] = ['binary'];
const multiclass: readonly Problem[] = ['multiclass'];
const regression: readonly Problem[] = ['regression'];

/** The bounds of a gate by their names: `min` or `max`, and the metric of the report. */
export const gateBounds = {
  minAccuracy: { metric: 'accuracy', of: classes, ...share },
  minPrecision: { metric: 'precision', of: binary, ...share },
  minRecall: { metric: 'recall', of: binary, ...share },
  minF1: { metric: 'f1', of: binary, ...share },
  minAuc: { metric: 'auc', of: classes, ...share },
  minAveragePrecision: { metric: 'averagePrecision', of: binary, ...share },
  maxLogLoss: { metric: 'logLoss', of: classes, minimum: 0 },
  maxBrier: { metric: 'brier', of: binary, ...share },
  maxCalibrationError: { metric: 'calibrationError', of: classes, ...share },
  minMacroPrecision: { metric: 'macroPrecision', of: multiclass, ...share },
  minMacroRecall: { metric: 'macroRecall', of: multiclass, ...share },
  minMacroF1: { metric: 'macroF1', of: multiclass, ...share },
  minMicroF1: { metric: 'microF1', of: multiclass, ...share },
  minWeightedPrecision: { metric: 'weightedPrecision', of: multiclass, ...share },
  minWeightedRecall: { metric: 'weightedRecall', of: multiclass, ...share },
  minWeightedF1: { metric: 'weightedF1', of: multiclass, ...share },
  maxMae: { metric: 'mae', of: regression, minimum: 0 },
  maxMedianAbsoluteError: { metric: 'medianAbsoluteError', of: regression, minimum: 0 },
  maxRmse: { metric: 'rmse', of: regression, minimum: 0 },
  minR2: { metric: 'r2', of: regression, maximum: 1 },
} as const satisfies Record<string, Bound>;
export type GateBound = keyof typeof gateBounds;

const names = Object.keys(gateBounds) as GateBound[];

/** Their names for models of some problem. */
export const boundsOf = (problem: Problem): GateBound[] =>
  names.filter((name) => gateBounds[name].of.includes(problem));

function schemaOf(name: GateBound): TOptional<TNumber> {
  const { metric, of, ...range } = gateBounds[name];
  const { description = '' } = Metrics.properties[metric] as { readonly description?: string };
  const which = name.startsWith('min') ? 'Least' : 'Greatest';
  const whose = of.length > 1 ? '' : ` (${of.join()})`;
  return Type.Optional(Type.Number({ ...range, description: `${which} ${metric}${whose}. ${description}` }));
}

export const boundProperties = Object.fromEntries(names.map((name) => [name, schemaOf(name)])) as Record<
  GateBound,
  TOptional<TNumber>
>;
