/** Precision, recall and F1 of one class; 0 where nothing was predicted or nothing is there, as scikit-learn has it. */
export interface ClassScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface ClassReport {
  readonly accuracy: number;
  /** The plain mean over the classes that occur in labels or predictions. */
  readonly macro: ClassScores;
  /** Of class 1. */
  readonly positive: ClassScores;
}

/** @param predictions probabilities: of class 1 (`groups` 1), or one a class and row. */
export function classReport(predictions: Float32Array, labels: Float32Array, groups: number): ClassReport {
  const classes = Math.max(groups, 2);
  const hits = new Float64Array(classes);
  const predicted = new Float64Array(classes);
  const actual = new Float64Array(classes);
  for (let r = 0; r < labels.length; r++) {
    const guess = groups > 1 ? largest(predictions, r * groups, groups) : (predictions[r] as number) > 0.5 ? 1 : 0;
    const label = Math.trunc(labels[r] as number);
    predicted[guess] = (predicted[guess] as number) + 1;
    actual[label] = (actual[label] as number) + 1;
    if (guess === label) hits[guess] = (hits[guess] as number) + 1;
  }
  const scores = Array.from(hits, (hit, k) => classScores(hit, predicted[k] as number, actual[k] as number));
  const occurring = scores.filter((_, k) => (predicted[k] as number) + (actual[k] as number) > 0);
  const mean = (pick: (one: ClassScores) => number): number =>
    occurring.reduce((sum, one) => sum + pick(one), 0) / occurring.length;
  return {
    accuracy: hits.reduce((sum, hit) => sum + hit, 0) / labels.length,
    macro: { precision: mean((one) => one.precision), recall: mean((one) => one.recall), f1: mean((one) => one.f1) },
    positive: scores[1] as ClassScores,
  };
}

function classScores(hits: number, predicted: number, actual: number): ClassScores {
  return {
    precision: predicted === 0 ? 0 : hits / predicted,
    recall: actual === 0 ? 0 : hits / actual,
    f1: predicted + actual === 0 ? 0 : (2 * hits) / (predicted + actual),
  };
}

function largest(values: Float32Array, from: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if ((values[from + k] as number) > (values[from + best] as number)) best = k;
  return best;
}
