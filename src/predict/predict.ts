import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../errors.ts';
import type { ModelAnswer, ModelCall } from './call.ts';
import { deadlineOf } from './deadline.ts';
import type { ModelInput } from './input.ts';
import type { CallableModel } from './model.ts';
import type { Models, ServedModel } from './models.ts';

/** What says which part of an endpoint is to answer. */
export function targetHeaders({
  variant,
  targetModel,
  inferenceComponent,
}: Pick<CallableModel, 'variant' | 'targetModel' | 'inferenceComponent'>): Record<string, string> | undefined {
  if (variant === undefined && targetModel === undefined && inferenceComponent === undefined) return undefined;
  return {
    ...(variant === undefined ? {} : { 'x-amzn-sagemaker-target-variant': variant }),
    ...(targetModel === undefined ? {} : { 'x-amzn-sagemaker-target-model': targetModel }),
    ...(inferenceComponent === undefined ? {} : { 'x-amzn-sagemaker-inference-component': inferenceComponent }),
  };
}

/** What a caller's Cache-Control asks of the cache. */
function cacheControlOf(headers: FastifyRequest['headers']): 'no-cache' | 'no-store' | undefined {
  const value = headers['cache-control'];
  if (value === undefined) return undefined;
  if (/\bno-store\b/i.test(value)) return 'no-store';
  return /\bno-cache\b|\bmax-age=0\b/i.test(value) ? 'no-cache' : undefined;
}

/** What of a request says how it is to travel. */
export type Caller = Pick<FastifyRequest, 'headers' | 'trace'>;

/** A caller's request as a call to the model. @throws GatewayError validation_failed for a wrong deadline */
export function callOf(
  model: CallableModel,
  input: ModelInput,
  accept: string,
  { headers: caller, trace }: Caller,
): ModelCall {
  const sticky = model.split?.stickyHeader && caller[model.split.stickyHeader.toLowerCase()];
  return {
    endpoint: model.endpoint,
    contentType: input.contentType,
    accept,
    body: input.body,
    rows: input.rows,
    deadline: deadlineOf(caller, model.timeoutMs),
    headers: targetHeaders(model),
    cacheControl: cacheControlOf(caller),
    stickyKey: typeof sticky === 'string' ? sticky : undefined,
    trace,
  };
}

/** Rethrows what a call failed with: where the body goes as it is, a type that the model refuses is the caller's to change. */
export const typeRefused =
  ({ contentType, rows }: ModelInput) =>
  (error: unknown): never => {
    const refused = rows === undefined && error instanceof GatewayError && error.facts.upstream?.status === 415;
    throw refused
      ? new GatewayError('unsupported_media_type', `The model takes no ${contentType}.`, error.facts)
      : error;
  };

/** Sends a caller's rows to the model. @throws GatewayError as SageMaker's answer translates, and at once for a wrong deadline */
export function predict(
  { model, send }: ServedModel,
  input: ModelInput,
  accept: string,
  caller: Caller,
  models: Models,
): Promise<ModelAnswer> {
  return send(callOf(model, input, accept, caller)).catch(async (error) => {
    if (!(error instanceof GatewayError && error.code === 'model_not_found')) return typeRefused(input)(error);
    // SageMaker says the same of an endpoint that is gone and of one that is not in service yet: the registry knows better.
    models.forget(model.name);
    await models.find(model.name);
    throw error;
  });
}
