import { GatewayError } from '../errors.ts';
import { parseScores } from './codecs/csv.ts';
import type { CallableModel } from './model.ts';
import type { Prediction, Predictions } from './schemas.ts';

function scoresOf(body: Buffer): (number | number[])[] {
  try {
    return parseScores(body.toString());
  } catch (cause) {
    throw new GatewayError(
      'model_error',
      'The answer of the model is not a list of scores; ask for its own type with the Accept header.',
      { cause },
    );
  }
}

function labelOf(score: number | number[], { threshold, labels }: CallableModel): string | undefined {
  if (Array.isArray(score)) return labels?.[score.indexOf(Math.max(...score))];
  if (threshold === undefined) return undefined;
  const [below = '0', above = '1'] = labels ?? [];
  return score >= threshold ? above : below;
}

/** The model's answer in the gateway's JSON. @throws GatewayError model_error when the scores do not match the rows */
export function toPredictions(body: Buffer, rows: number, model: CallableModel): Predictions {
  const scores = scoresOf(body);
  if (scores.length !== rows)
    throw new GatewayError('model_error', `The model answered ${scores.length} scores for ${rows} rows.`);
  const predictions = scores.map((score): Prediction => {
    const label = labelOf(score, model);
    return label === undefined ? { score } : { score, label };
  });
  return { model: model.name, predictions };
}

/**
 * What the Lambda of AWS's tutorial returned: `json.loads` of the model's body, so a bare number for one row. It failed on more than one
 * row; here that is a list.
 */
export function toLambdaAnswer(body: Buffer): Buffer {
  const text = body.toString().trim();
  try {
    JSON.parse(text);
    return Buffer.from(text);
  } catch {
    return Buffer.from(JSON.stringify(scoresOf(body)));
  }
}
