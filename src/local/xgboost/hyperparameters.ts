import { UserError } from './faults.ts';
import type { GrowthParams } from './grower.ts';
import { ALIASES, DEFINITIONS, METRIC_NAMES, SUPPORTED_VALUES } from './hyperparameter-table.ts';
import { metricOf } from './metrics.ts';
import { OBJECTIVES } from './objectives.ts';
import { floatRepr, listRepr, parseFloatText } from './python.ts';

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

type Value = number | string | readonly string[];

/** With more distinct values in a column, the exact method becomes one of quantiles: histograms would outgrow memory. */
const EXACT_BINS = 4096;
const DEFAULT_BINS = 256;

/**
 * Checks hyperparameters as the container does: aliases, what is required, values, ranges, dependencies, in this order.
 * @param raw names and values as in hyperparameters.json, all strings.
 * @throws UserError with the container's message, or saying that the embedded trainer does not support a valid value.
 */
export function validateHyperparameters(raw: Readonly<Record<string, string>>): TrainParams {
  const given = new Map(Object.entries(raw).map(([name, value]) => [ALIASES.get(name) ?? name, value]));
  if (!given.has('num_round')) throw new UserError('Missing required hyperparameter: num_round');
  const values = new Map<string, Value>();
  for (const [name, text] of given) values.set(name, parseValue(name, text));
  for (const [name, value] of values) checkRange(name, value);
  checkDependencies(values);
  for (const [name, value] of values) checkSupport(name, value);
  return toParams(values);
}

function parseValue(name: string, text: string): Value {
  const definition = DEFINITIONS.get(name);
  if (!definition) throw new UserError(`Extraneous hyperparameter found: ${name}`);
  if (definition.kind === 'metrics') return text.split(',');
  if (definition.kind === 'categorical' || definition.kind === 'text') return text;
  const whole = /^[+-]?\d+$/.test(text.trim());
  const value = definition.kind === 'continuous' || whole ? parseFloatText(text) : undefined;
  if (value === undefined) throw new UserError(`Hyperparameter ${name}: could not parse value (caused by ValueError)`);
  return value;
}

function checkRange(name: string, value: Value): void {
  const definition = DEFINITIONS.get(name);
  if (definition?.kind === 'metrics') {
    const metrics = value as readonly string[];
    if (!metrics.every(isMetric)) {
      throw new UserError(`Hyperparameter ${name}: value ${listRepr(metrics)} not in range ${listRepr(METRIC_NAMES)}`);
    }
  } else if (definition?.kind === 'categorical') {
    if (!definition.range.includes(value as string)) {
      throw new UserError(`Hyperparameter ${name}: ${value} is not in ${listRepr(definition.range)}`);
    }
  } else if (definition?.kind === 'integer' || definition?.kind === 'continuous') {
    const number = value as number;
    if (isWithin(number, definition.range)) return;
    const shown = definition.kind === 'integer' ? String(number) : floatRepr(number);
    throw new UserError(`Hyperparameter ${name}: ${shown} is not in ${definition.range}`);
  }
}

function isWithin(value: number, range: string): boolean {
  const [low, high] = range.slice(1, -1).split(', ').map(Number) as [number, number];
  const above = range.startsWith('[') ? value >= low : value > low;
  if (range.endsWith('+inf)')) return above && value < Infinity;
  return above && (range.endsWith(']') ? value <= high : value < high);
}

function isMetric(metric: string): boolean {
  const [name, threshold] = metric.split('@').map((part) => part.trim()) as [string, string?];
  if (threshold === undefined) return METRIC_NAMES.includes(metric);
  if (!['error', 'ndcg', 'map'].includes(name)) {
    throw new UserError(
      `Metric '${metric}' is not supported. Parameter 'eval_metric' with customized threshold should ` +
        "be one of these options: 'error', 'ndcg', 'map'.",
    );
  }
  if (parseFloatText(threshold) === undefined) {
    throw new UserError(`Threshold value 't' in '${name}@t' expects float input.`);
  }
  return true;
}

function checkDependencies(values: ReadonlyMap<string, Value>): void {
  const objective = String(values.get('objective') ?? 'reg:squarederror');
  const multi = objective.startsWith('multi:');
  if (multi && !values.has('num_class')) {
    throw new UserError("Require input for parameter 'num_class' for multi-classification");
  }
  if (!multi && values.has('num_class')) {
    throw new UserError(
      "Do not need to setup parameter 'num_class' for learning task other than multi-classification.",
    );
  }
  const metrics = (values.get('eval_metric') ?? []) as readonly string[];
  if (metrics.includes('auc') && !/^(binary|rank):/.test(objective)) {
    throw new UserError("Metric 'auc' can only be applied for classification and ranking problems.");
  }
}

function checkSupport(name: string, value: Value): void {
  const supported = SUPPORTED_VALUES.get(name);
  if (!supported || supported.includes(String(value))) return;
  if (supported.length === 0) throw new UserError(`Hyperparameter ${name} is not supported by the embedded trainer`);
  throw new UserError(
    `Hyperparameter ${name}: ${value} is not supported by the embedded trainer, only ${listRepr(supported)}`,
  );
}

function toParams(values: ReadonlyMap<string, Value>): TrainParams {
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
