import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallableModel } from '../model.ts';
import type { AsyncInput, AsyncPredictions } from './predictions.ts';
import { prefersAsync } from './prefer.ts';
import type { AcceptedPrediction } from './schemas.ts';

/** Accepts a prediction for later: 202 with the place to fetch it from. */
export async function acceptLater(
  predictions: AsyncPredictions,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  { model, endpoint }: { readonly model: CallableModel; readonly endpoint: string },
  input: AsyncInput,
  accept: string,
): Promise<FastifyReply> {
  const { id } = await predictions.submit(model, endpoint, input, accept, request.trace);
  if (prefersAsync(request.headers.prefer)) reply.header('preference-applied', 'respond-async');
  const body: AcceptedPrediction = { id, status: 'pending', model: model.name };
  return reply.code(202).header('location', `/predictions/${id}`).send(body);
}
