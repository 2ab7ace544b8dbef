import { ALIASES, DEFINITIONS, METRIC_NAMES } from './hyperparameter-table.ts';
import { floatRepr, listRepr, parseFloatText } from './python.ts';

/** A hyperparameter that the algorithm refuses; the message is the container's own. */
export class HyperparameterError extends Error {
  override readonly name = 'HyperparameterError';
  readonly hyperparameter: string;

  constructor(hyperparameter: string, message: string) {
    super(message);
    this.hyperparameter = hyperparameter;
  }
}

export type HyperparameterValue = number | string | readonly string[];

/**
 * Checks hyperparameters as SageMaker's XGBoost container does: aliases, what is required, values, ranges, dependencies, in this order. The
 * gateway asks it before a job is made, the embedded SageMaker when the job runs.
 * @param raw names and values, all strings, as CreateTrainingJob takes them
 * @returns the values by name, aliases resolved
 * @throws HyperparameterError for the first that is wrong
 */
export function checkHyperparameters(raw: Readonly<Record<string, string>>): ReadonlyMap<string, HyperparameterValue> {
  const given = new Map(Object.entries(raw).map(([name, value]) => [ALIASES.get(name) ?? name, value]));
  if (!given.has('num_round')) throw new HyperparameterError('num_round', 'Missing required hyperparameter: num_round');
  const values = new Map<string, HyperparameterValue>();
  for (const [name, text] of given) values.set(name, parseValue(name, text));
  for (const [name, value] of values) checkRange(name, value);
  checkDependencies(values);
  return values;
}

function parseValue(name: string, text: string): HyperparameterValue {
  const definition = DEFINITIONS.get(name);
  if (!definition) throw new HyperparameterError(name, `Extraneous hyperparameter found: ${name}`);
  if (definition.kind === 'metrics') return text.split(',');
  if (definition.kind === 'categorical' || definition.kind === 'text') return text;
  const whole = /^[+-]?\d+$/.test(text.trim());
  const value = definition.kind === 'continuous' || whole ? parseFloatText(text) : undefined;
  if (value === undefined)
    throw new HyperparameterError(name, `Hyperparameter ${name}: could not parse value (caused by ValueError)`);
  return value;
}

function checkRange(name: string, value: HyperparameterValue): void {
  const definition = DEFINITIONS.get(name);
  if (definition?.kind === 'metrics') {
    const metrics = value as readonly string[];
    if (!metrics.every(isMetric)) {
      throw new HyperparameterError(
        name,
        `Hyperparameter ${name}: value ${listRepr(metrics)} not in range ${listRepr(METRIC_NAMES)}`,
      );
    }
  } else if (definition?.kind === 'categorical') {
    if (!definition.range.includes(value as string)) {
      throw new HyperparameterError(name, `Hyperparameter ${name}: ${value} is not in ${listRepr(definition.range)}`);
    }
  } else if (definition?.kind === 'integer' || definition?.kind === 'continuous') {
    const number = value as number;
    if (isWithin(number, definition.range)) return;
    const shown = definition.kind === 'integer' ? String(number) : floatRepr(number);
    throw new HyperparameterError(name, `Hyperparameter ${name}: ${shown} is not in ${definition.range}`);
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
    throw new HyperparameterError(
      'eval_metric',
      `Metric '${metric}' is not supported. Parameter 'eval_metric' with customized threshold should ` +
        "be one of these options: 'error', 'ndcg', 'map'.",
    );
  }
  if (parseFloatText(threshold) === undefined) {
    throw new HyperparameterError('eval_metric', `Threshold value 't' in '${name}@t' expects float input.`);
  }
  return true;
}

function checkDependencies(values: ReadonlyMap<string, HyperparameterValue>): void {
  const objective = String(values.get('objective') ?? 'reg:squarederror');
  const multi = objective.startsWith('multi:');
  if (multi && !values.has('num_class')) {
    throw new HyperparameterError('num_class', "Require input for parameter 'num_class' for multi-classification");
  }
  if (!multi && values.has('num_class')) {
    throw new HyperparameterError(
      'num_class',
      "Do not need to setup parameter 'num_class' for learning task other than multi-classification.",
    );
  }
  const metrics = (values.get('eval_metric') ?? []) as readonly string[];
  if (metrics.includes('auc') && !/^(binary|rank):/.test(objective)) {
    throw new HyperparameterError(
      'eval_metric',
      "Metric 'auc' can only be applied for classification and ranking problems.",
    );
  }
}
