import { formatOf } from '../media-type.ts';
import { linesOf } from './json-lines.ts';

/** What a model says of a row: a number, or one for each class. */
export type Score = number | number[];

/**
 * The scores in what a model answered as CSV. Three forms are about: one score a line (XGBoost container from 1.3), all on one line (before),
 * and a bracketed list a line (class probabilities).
 */
function fromCsv(text: string): Score[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  const lines = trimmed.split('\n');
  if (lines.length === 1 && !trimmed.startsWith('[')) return trimmed.split(',').map(toNumber);
  return lines.map((line) => {
    const row = line.trim();
    if (row.startsWith('['))
      return row
        .slice(1, row.endsWith(']') ? -1 : undefined)
        .split(',')
        .map(toNumber);
    const cells = row.split(',');
    return cells.length === 1 ? toNumber(row) : cells.map(toNumber);
  });
}

function toNumber(text: string): number {
  const score = Number(text);
  if (text.trim() === '' || Number.isNaN(score)) throw new Error(`not a score: ${text.slice(0, 80)}`);
  return score;
}

/** A prediction in JSON: the score itself, alone in a list, or as `score` of an object. */
function fromValue(value: unknown): Score {
  if (typeof value === 'number') return value;
  if (typeof value === 'object' && value !== null && 'score' in value) return fromValue(value.score);
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number')) {
    return value.length === 1 ? (value[0] as number) : value;
  }
  throw new Error(`not a score: ${JSON.stringify(value).slice(0, 80)}`);
}

/** `{"predictions": […]}`, as SageMaker's algorithms and TensorFlow Serving say it, or the plain list of scikit-learn's container. */
function fromJson(text: string): Score[] {
  const value: unknown = JSON.parse(text);
  const predictions = typeof value === 'object' && value !== null && 'predictions' in value ? value.predictions : value;
  return Array.isArray(predictions) ? predictions.map(fromValue) : [fromValue(predictions)];
}

/**
 * The scores in a model's answer, by its type; text of another type is read as CSV, since containers say `text/html` of their plain answers.
 * @throws Error when there are none
 */
export function parseScores(body: Buffer, contentType: string): Score[] {
  switch (formatOf(contentType)) {
    case 'json':
      return fromJson(body.toString());
    case 'jsonlines':
      return linesOf(body).map((line) => fromValue(JSON.parse(line)));
    default:
      return fromCsv(body.toString());
  }
}
