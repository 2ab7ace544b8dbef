import { GatewayError } from '../errors.ts';
import type { ModelAnswer } from './call.ts';
import { parseScores, type Score } from './codecs/scores.ts';
import type { CallableModel } from './model.ts';
import type { Prediction, Predictions } from './schemas.ts';

type Answer = Pick<ModelAnswer, 'body' | 'contentType'>;

function scoresOf({ body, contentType }: Answer): Score[] {
  try {
    return parseScores(body, contentType);
  } catch (cause) {
    throw new GatewayError(
      'model_error',
      'The answer of the model is not a list of scores; ask for its own type with the Accept header.',
      { cause },
    );
  }
}

function labelOf(score: Score, { threshold, labels }: CallableModel): string | undefined {
  if (Array.isArray(score)) return labels?.[score.indexOf(Math.max(...score))];
  if (threshold === undefined) return undefined;
  const [below = '0', above = '1'] = labels ?? [];
  return score >= threshold ? above : below;
}

/** The predictions in the model's answer. @throws GatewayError model_error when the scores do not match the rows */
function predictionsOf(answer: Answer, rows: number, model: CallableModel): Prediction[] {
  const scores = scoresOf(answer);
  if (scores.length !== rows)
    throw new GatewayError('model_error', `The model answered ${scores.length} scores for ${rows} rows.`);
  return scores.map((score): Prediction => {
    const label = labelOf(score, model);
    return label === undefined ? { score } : { score, label };
  });
}

/** The model's answer in the gateway's JSON. */
export const toPredictions = (answer: Answer, rows: number, model: CallableModel): Predictions => ({
  model: model.name,
  predictions: predictionsOf(answer, rows, model),
});

/** One JSON object a line, with the labels that the model itself does not know. */
export const toJsonLines = (answer: Answer, rows: number, model: CallableModel): string =>
  predictionsOf(answer, rows, model)
    .map((prediction) => `${JSON.stringify(prediction)}\n`)
    .join('');

/** One line a row, as XGBoost's container writes them: the score, or those of the classes with commas between. */
export const toCsv = (answer: Answer, rows: number, model: CallableModel): string =>
  predictionsOf(answer, rows, model)
    .map(({ score }) => `${String(score)}\n`)
    .join('');

/**
 * What the Lambda of AWS's tutorial returned: `json.loads` of the model's body, so a bare number for one row. It failed on more than one
 * row; here that is a list.
 */
export function toLambdaAnswer(answer: Answer): Buffer {
  const text = answer.body.toString().trim();
  try {
    JSON.parse(text);
    return Buffer.from(text);
  } catch {
    return Buffer.from(JSON.stringify(scoresOf(answer)));
  }
}
