import {
  checkHyperparameters,
  HyperparameterError,
  type HyperparameterValue,
} from '../../built-in-xgboost/hyperparameters.ts';
import { listRepr } from '../../built-in-xgboost/python.ts';
import { UserError } from './faults.ts';
import type { GrowthParams } from './grower.ts';
import { metricOf } from './metrics.ts';
import { OBJECTIVES } from './objectives.ts';
import { SUPPORTED_VALUES } from './supported-values.ts';

export interface TrainParams extends GrowthParams {
  readonly rounds: number;
  readonly objective: string;
  /** Outputs of the model: num_class for multi:*, else 0. */
  readonly classes: number;
  readonly baseScore: number;
  readonly scalePosWeight: number;
  readonly seed: number;
  /** Bins of a feature, at most. */
  readonly maxBin: number;
  /** Cut between neighbouring values, as XGBoost's exact method does, rather than at values. */
  readonly midpoints: boolean;
  /** Evaluated after every round, in this order. */
  readonly metrics: readonly string[];
  /** Rounds without improvement of `stoppingMetric` on the validation data after which to stop, or null. */
  readonly earlyStoppingRounds: number | null;
  readonly stoppingMetric: string;
  /** The second column of CSV data is the row's weight. */
  readonly csvWeights: boolean;
}

/** With more distinct values in a column, the exact method becomes one of quantiles: histograms would outgrow memory. */
const EXACT_BINS = 4096;
const DEFAULT_BINS = 256;

/**
 * Checks hyperparameters as the container does, and then that this trainer can follow them.
 * @param raw names and values as in hyperparameters.json, all strings.
 * @throws UserError with the container's message, or saying that the embedded trainer does not support a valid value.
 */
export function validateHyperparameters(raw: Readonly<Record<string, string>>): TrainParams {
  const values = checked(raw);
  for (const [name, value] of values) checkSupport(name, value);
  return toParams(values);
}

function checked(raw: Readonly<Record<string, string>>): ReadonlyMap<string, HyperparameterValue> {
  try {
    return checkHyperparameters(raw);
  } catch (error) {
    throw error instanceof HyperparameterError ? new UserError(error.message) : error;
  }
}

function checkSupport(name: string, value: HyperparameterValue): void {
  const supported = SUPPORTED_VALUES.get(name);
  if (!supported || supported.includes(String(value))) return;
  if (supported.length === 0) throw new UserError(`Hyperparameter ${name} is not supported by the embedded trainer`);
  throw new UserError(
    `Hyperparameter ${name}: ${value} is not supported by the embedded trainer, only ${listRepr(supported)}`,
  );
}

function toParams(values: ReadonlyMap<string, HyperparameterValue>): TrainParams {
  const number = (name: string, otherwise: number): number => (values.get(name) as number | undefined) ?? otherwise;
  const objective = String(values.get('objective') ?? 'reg:squarederror');
  const loss = OBJECTIVES.get(objective);
  if (!loss) throw new UserError(`Hyperparameter objective: ${objective} is not supported by the embedded trainer`);
  const treeMethod = String(values.get('tree_method') ?? 'auto');
  const hist = treeMethod === 'hist';
  const classes = number('num_class', 0);
  const evalMetric = values.get('eval_metric') as readonly string[] | undefined;
  const { metrics, stoppingMetric } = chooseMetrics(
    evalMetric ?? [loss.defaultMetric],
    values.get('_tuning_objective_metric') as string | undefined,
    evalMetric !== undefined,
  );
  for (const metric of metrics) metricOf(metric, Math.max(1, classes));
  const baseScore = number('base_score', 0.5);
  loss.link.toMargin(baseScore);
  const maxBin = number('max_bin', DEFAULT_BINS);
  if (maxBin < 2 || maxBin > 65535) throw new UserError(`Hyperparameter max_bin: ${maxBin} is not in [2, 65535]`);
  return {
    rounds: number('num_round', 1),
    objective,
    classes,
    baseScore,
    scalePosWeight: number('scale_pos_weight', 1),
    seed: number('seed', 0),
    maxBin: treeMethod === 'exact' ? EXACT_BINS : maxBin,
    midpoints: !hist,
    metrics,
    earlyStoppingRounds: values.has('early_stopping_rounds') ? number('early_stopping_rounds', 1) : null,
    stoppingMetric,
    csvWeights: number('csv_weights', 0) === 1,
    eta: number('eta', 0.3),
    gamma: number('gamma', 0),
    maxDepth: number('max_depth', 6),
    maxLeaves: number('max_leaves', 0),
    growPolicy: values.get('grow_policy') === 'lossguide' ? 'lossguide' : 'depthwise',
    pruneAfterwards: !hist,
    minChildWeight: number('min_child_weight', 1),
    lambda: number('lambda', 1),
    alpha: number('alpha', 0),
    // XGBoost's own default for count:poisson, whose loss is not bounded otherwise.
    maxDeltaStep: number('max_delta_step', objective === 'count:poisson' ? Math.fround(0.7) : 0),
    subsample: number('subsample', 1),
    colsampleByTree: number('colsample_bytree', 1),
    colsampleByLevel: number('colsample_bylevel', 1),
    colsampleByNode: number('colsample_bynode', 1),
  };
}

/** A tuning job asks for its own metric, as `validation:auc`: the container evaluates both, sorted, and stops by that. */
function chooseMetrics(
  own: readonly string[],
  tuning: string | undefined,
  asked: boolean,
): { metrics: readonly string[]; stoppingMetric: string } {
  if (tuning === undefined) return { metrics: own, stoppingMetric: own.at(-1) as string };
  const tuned = tuning.slice(tuning.indexOf(':') + 1);
  const metrics = asked ? [...new Set([tuned, ...own])].sort() : [tuned];
  return { metrics, stoppingMetric: tuned };
}
