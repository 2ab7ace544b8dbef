import { InvokeEndpointAsyncCommand } from '@aws-sdk/client-sagemaker-runtime';
import { GatewayError } from '../errors.ts';
import type { Aws } from './aws.ts';
import { type Defined, defined } from './defined.ts';
import { sending, translateFault } from './fault.ts';
import { traceContext } from './trace-context.ts';

/** SageMaker's own limit for the input of an asynchronous invocation, bytes. */
export const longestAsyncInput = 1024 ** 3;

/** After this an invocation has ended one way or another, s: 6 hours in the queue, 15 minutes at the model, and some slack. */
export const longestAsyncLife = 21_600 + 900 + 300;

export interface AsyncOrder {
  readonly endpoint: string;
  readonly inferenceId: string;
  readonly contentType: string;
  readonly accept: string;
  /** s3:// address. */
  readonly inputLocation: string;
  /** W3C Trace Context and the custom attributes, by their wire names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type AsyncPlaces = Defined<{ outputLocation: string; failureLocation: string | undefined }>;

/** Queues an invocation. @returns where its answer, or the reason why there is none, will be */
export async function invokeAsync({ runtime }: Pick<Aws, 'runtime'>, order: AsyncOrder): Promise<AsyncPlaces> {
  const { headers = {} } = order;
  const command = new InvokeEndpointAsyncCommand({
    EndpointName: order.endpoint,
    InferenceId: order.inferenceId,
    ContentType: order.contentType,
    Accept: order.accept,
    InputLocation: order.inputLocation,
    CustomAttributes: headers['x-amzn-sagemaker-custom-attributes'],
  });
  command.middlewareStack.add(traceContext(headers), { step: 'build', name: 'traceContext' });
  const answer = await sending(runtime.send(command));
  const { OutputLocation: outputLocation, FailureLocation: failureLocation } = answer;
  if (outputLocation === undefined)
    throw new GatewayError('upstream_error', 'SageMaker did not say where the answer will be.');
  return defined({ outputLocation, failureLocation });
}

/** The reason in a failure object, which is text in the words of InvokeEndpoint's errors. */
export function asyncFailure(text: string): GatewayError {
  const [, status, message] =
    /^Received (?:client|server) error \((\d+)\) from \S+ with message "([\s\S]*)"/.exec(text) ?? [];
  const originalStatusCode = status === undefined ? undefined : Number(status);
  const fault = { name: 'ModelError', status: 424, message: text, originalStatusCode, originalMessage: message };
  if (status !== undefined || /timed out/i.test(text)) return translateFault(fault, undefined);
  return new GatewayError('model_error', text.slice(0, 2_000));
}
