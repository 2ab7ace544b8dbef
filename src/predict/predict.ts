import { GatewayError } from '../errors.ts';
import type { InvocationResult, Invoker } from '../sagemaker/invoke.ts';
import type { ModelInput } from './input.ts';
import type { CallableModel } from './model.ts';
import type { Models } from './models.ts';

export interface Prediction extends InvocationResult {
  /** Time from sending to the whole answer of SageMaker, ms. */
  readonly upstreamMs: number;
}

function targetHeaders(model: CallableModel): Record<string, string> | undefined {
  const { variant, targetModel, inferenceComponent } = model;
  if (variant === undefined && targetModel === undefined && inferenceComponent === undefined) return undefined;
  return {
    ...(variant === undefined ? {} : { 'x-amzn-sagemaker-target-variant': variant }),
    ...(targetModel === undefined ? {} : { 'x-amzn-sagemaker-target-model': targetModel }),
    ...(inferenceComponent === undefined ? {} : { 'x-amzn-sagemaker-inference-component': inferenceComponent }),
  };
}

/** Sends one request to the model's endpoint. @throws GatewayError as SageMaker's answer translates */
export async function predict(
  model: CallableModel,
  input: ModelInput,
  accept: string,
  { invoker, models }: { readonly invoker: Invoker; readonly models: Models },
): Promise<Prediction> {
  const headers = targetHeaders(model);
  const sent = performance.now();
  try {
    const answer = await invoker.invoke({
      endpoint: model.endpoint,
      contentType: input.contentType,
      accept,
      body: input.body,
      timeoutMs: model.timeoutMs,
      ...(headers === undefined ? {} : { headers }),
    });
    return { ...answer, upstreamMs: performance.now() - sent };
  } catch (error) {
    if (!(error instanceof GatewayError && error.code === 'model_not_found')) throw error;
    // SageMaker says the same of an endpoint that is gone and of one that is not in service yet: the registry knows better.
    models.forget(model.name);
    await models.find(model.name);
    throw error;
  }
}
