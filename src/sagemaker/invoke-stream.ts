import { InvokeEndpointWithResponseStreamCommand, type ResponseStream } from '@aws-sdk/client-sagemaker-runtime';
import { GatewayError } from '../errors.ts';
import type { Aws } from './aws.ts';
import { brokenOff, translateSdkError } from './fault.ts';
import { traceContext } from './trace-context.ts';

/** One InvokeEndpointWithResponseStream call. */
export interface StreamInvocation {
  readonly endpoint: string;
  readonly contentType: string;
  readonly accept: string;
  readonly body: Uint8Array;
  /** The optional headers of SageMaker, by their wire names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ends the call at any moment; its reason is what is thrown. */
  readonly signal: AbortSignal;
}

export interface InvocationStream {
  readonly contentType: string;
  /** The model's bytes; the next are asked for when these were taken. @throws GatewayError when the model fails midway */
  readonly parts: AsyncIterable<Uint8Array>;
}

type Events = AsyncIterator<ResponseStream>;

function translated(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  const known = translateSdkError(error);
  // What the decoder of the event stream says of a cut message is a bare Error.
  return known instanceof GatewayError ? known : brokenOff(error);
}

async function* partsOf(
  first: IteratorResult<ResponseStream>,
  events: Events,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    for (let event = first; !event.done; event = await events.next()) {
      const bytes = event.value.PayloadPart?.Bytes;
      if (bytes !== undefined && bytes.length > 0) yield bytes;
    }
  } catch (error) {
    throw translated(error, signal);
  }
}

/** Resolves when the model has given its first bytes, so that what fails before them can still be answered as an error. @throws GatewayError */
export async function invokeStream(
  { runtime }: Pick<Aws, 'runtime'>,
  { endpoint, contentType, accept, body, headers = {}, signal }: StreamInvocation,
): Promise<InvocationStream> {
  const command = new InvokeEndpointWithResponseStreamCommand({
    EndpointName: endpoint,
    ContentType: contentType,
    Accept: accept,
    Body: body,
    TargetVariant: headers['x-amzn-sagemaker-target-variant'],
    InferenceComponentName: headers['x-amzn-sagemaker-inference-component'],
    CustomAttributes: headers['x-amzn-sagemaker-custom-attributes'],
  });
  command.middlewareStack.add(traceContext(headers), { step: 'build', name: 'traceContext' });
  try {
    signal.throwIfAborted();
    const answer = await runtime.send(command, { abortSignal: signal });
    const events = (answer.Body as AsyncIterable<ResponseStream>)[Symbol.asyncIterator]();
    const first = await events.next();
    return { contentType: answer.ContentType ?? 'application/octet-stream', parts: partsOf(first, events, signal) };
  } catch (error) {
    throw translated(error, signal);
  }
}
