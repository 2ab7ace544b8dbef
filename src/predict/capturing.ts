import { randomUUID } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import type { ModelAnswer, ModelCall, Send } from './call.ts';
import type { CaptureWriter } from './capture-writer.ts';

export interface CapturePolicy {
  /** Share of the requests, percent. */
  readonly percent: number;
}

/** Text as it is, all else as base64: the encodings of SageMaker's data capture. */
function captured(mode: 'INPUT' | 'OUTPUT', observedContentType: string, body: Buffer) {
  const encoding = observedContentType.startsWith('text/csv')
    ? 'CSV'
    : /json/.test(observedContentType)
      ? 'JSON'
      : 'BASE64';
  return { observedContentType, mode, data: body.toString(encoding === 'BASE64' ? 'base64' : 'utf8'), encoding };
}

/**
 * A line in the format of SageMaker's data capture. For a request that failed there is no output, and `eventMetadata.error` has the code, which
 * SageMaker's own capture leaves out.
 */
function captureLine(call: ModelCall, answer: ModelAnswer | undefined, error: unknown): string {
  return JSON.stringify({
    captureData: {
      endpointInput: captured('INPUT', call.contentType, call.body),
      ...(answer && { endpointOutput: captured('OUTPUT', answer.contentType, answer.body) }),
    },
    eventMetadata: {
      eventId: randomUUID(),
      inferenceTime: new Date().toISOString(),
      ...(error === undefined ? {} : { error: error instanceof GatewayError ? error.code : 'internal' }),
    },
    eventVersion: '0',
  });
}

/** Captures a sample of requests with their answers or errors. */
export function capturing({ percent }: CapturePolicy, model: string, writer: CaptureWriter, next: Send): Send {
  return async (call) => {
    if (Math.random() * 100 >= percent) return next(call);
    try {
      const answer = await next(call);
      const variant = answer.headers['x-amzn-invoked-production-variant'];
      writer.add(model, typeof variant === 'string' ? variant : 'AllTraffic', captureLine(call, answer, undefined));
      return answer;
    } catch (error) {
      writer.add(model, 'AllTraffic', captureLine(call, undefined, error));
      throw error;
    }
  };
}
