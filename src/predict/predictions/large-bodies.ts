import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../errors.ts';
import { requireModel } from '../../plugins/auth.ts';
import { longestAsyncInput } from '../../sagemaker/invoke-async.ts';
import { anyType, typesAsked } from '../accept.ts';
import { answerForm } from '../answer-form.ts';
import { formatOf } from '../media-type.ts';
import type { CallableModel } from '../model.ts';
import type { Models } from '../models.ts';
import { acceptLater } from './accept-later.ts';
import type { AsyncPredictions } from './predictions.ts';

interface LargeBodies {
  readonly models: Models;
  readonly predictions: AsyncPredictions;
  /** Longest body of a prediction in real time, bytes. */
  readonly bodyLimit: number;
}

const modelName = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

/**
 * Bodies over the limit of real time, for models with an asynchronous endpoint: they stream to S3 without being held, and without a look at their
 * rows. The hook comes before the parsers, which would refuse them; where it does not apply they do.
 */
export function acceptLargeBodies(app: FastifyInstance, { models, predictions, bodyLimit }: LargeBodies): void {
  /** @throws GatewayError where the model cannot take it so */
  async function accept(request: FastifyRequest, reply: FastifyReply, payload: Readable, length: number) {
    const { model: name } = request.params as { readonly model?: string };
    if (name !== undefined && !modelName.test(name)) return;
    const { model } = await models.find(name);
    if (model.asyncEndpoint === undefined) return;
    requireModel(request, model.name);
    if (length > longestAsyncInput) {
      throw new GatewayError('body_too_large', `The body is over the limit of ${longestAsyncInput} bytes.`);
    }
    const contentType = typeOf(request, model);
    const input = {
      contentType,
      body: payload,
      ...(formatOf(contentType) === undefined ? {} : { rows: 'uncounted' as const }),
    };
    const [type = anyType] = typesAsked(request.headers.accept);
    const rows = input.rows === undefined ? {} : { rows: 0 };
    const form = answerForm(type, { contentType, body: Buffer.alloc(0), ...rows }, model);
    await acceptLater(predictions, { request, reply }, { model, endpoint: model.asyncEndpoint }, input, form.accept);
  }

  app.addHook('preParsing', (request, reply, payload, done) => {
    const length = Number(request.headers['content-length']);
    if (length > bodyLimit) accept(request, reply, payload as Readable, length).then(() => done(null, payload), done);
    else done(null, payload);
  });
}

/** @throws GatewayError when the body is one that the gateway would have to write anew for the model */
function typeOf({ headers }: FastifyRequest, model: CallableModel): string {
  const { 'content-type': contentType = '' } = headers;
  const given = formatOf(contentType);
  const taken = formatOf(model.contentType);
  const goesAsItIs = given === undefined || taken === undefined || given === taken;
  if (!/^[\x21-\x7e][\x20-\x7e]{0,1023}$/.test(contentType) || !goesAsItIs) {
    throw new GatewayError(
      'unsupported_media_type',
      `A body of this size goes to the model as it is, and the model takes ${model.contentType}.`,
    );
  }
  return contentType;
}
