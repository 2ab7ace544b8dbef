import type { Prediction } from '../schemas.ts';
import type { InferRequest, OutputTensor } from './schemas.ts';
import { refused } from './tensor.ts';

function scoresOf(predictions: readonly Prediction[]): OutputTensor {
  const scores = predictions.map(({ score }) => score);
  const [first] = scores;
  const classes = Array.isArray(first) ? [first.length] : [];
  return { name: 'scores', datatype: 'FP64', shape: [scores.length, ...classes], data: scores.flat() };
}

function labelsOf(predictions: readonly Prediction[]): OutputTensor | undefined {
  const labels = predictions.flatMap(({ label }) => (label === undefined ? [] : [label]));
  if (labels.length !== predictions.length) return undefined;
  return { name: 'labels', datatype: 'BYTES', shape: [labels.length], data: labels };
}

/** Predictions as tensors: those that were asked for, in that order, or all. @throws GatewayError for one that there is not */
export function outputsOf(predictions: readonly Prediction[], asked: InferRequest['outputs']): OutputTensor[] {
  const labels = labelsOf(predictions);
  const all = [scoresOf(predictions), ...(labels ? [labels] : [])];
  if (asked === undefined || asked.length === 0) return all;
  return asked.map(({ name }) => {
    const output = all.find((tensor) => tensor.name === name);
    if (output === undefined) {
      throw refused(`There is no output ${name}; the model has ${all.map((tensor) => tensor.name).join(' and ')}.`);
    }
    return output;
  });
}
