import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { GatewayError } from '../../errors.ts';
import type { S3Object } from '../../sagemaker/workspace.ts';
import { anyType } from '../accept.ts';
import { answerForm, type Rendered } from '../answer-form.ts';
import { parseScores } from '../codecs/scores.ts';
import { essenceOf } from '../media-type.ts';
import type { PredictionRecord } from './record.ts';

const json = 'application/json';

/** Whether the caller gets the bytes that the model left. */
function isAsked(type: string, { contentType }: S3Object, { model, accept, rows }: PredictionRecord): boolean {
  const given = essenceOf(contentType);
  // Bytes are all there is when there were no rows, or when the caller asked the model for a type of its own.
  const bytesAlone = rows === undefined || accept !== model.accept;
  if (bytesAlone) return type === anyType || type === given || type === essenceOf(accept);
  if (type === json || type === anyType) return model.response === 'model';
  return type === given;
}

/**
 * The model's answer in the first of the types asked for that it can be given in: as POST /predict would have answered, or as the bytes that the
 * model left, which are not held in memory. @throws GatewayError not_acceptable
 */
export async function answerOf(
  record: PredictionRecord,
  output: S3Object,
  types: readonly string[],
  longest: number,
): Promise<Rendered | { readonly contentType: string; readonly body: Readable; readonly predictions?: undefined }> {
  const { contentType } = output;
  const { model, rows, accept } = record;
  for (const type of types) {
    if (isAsked(type, output, record)) return { contentType, body: output.body };
    if (rows === undefined || accept !== model.accept || output.size > longest) continue;
    const probe = answerForm(type, { contentType: '', body: noBody, rows: 0 }, model);
    if (probe.wished) continue;
    const body = await buffer(output.body);
    const counted = rows === 'uncounted' ? parseScores(body, contentType).length : rows;
    const form = answerForm(type, { contentType: '', body: noBody, rows: counted }, model);
    return form.render({ contentType, body, headers: {}, upstreamMs: 0 });
  }
  output.body.destroy();
  throw new GatewayError('not_acceptable', `The answer of the model is of type ${contentType}, ${output.size} bytes.`);
}

const noBody = Buffer.alloc(0);
