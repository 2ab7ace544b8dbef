import { type ErrorCode, GatewayError } from '../errors.ts';
import type { Send } from './call.ts';
import type { PipelineEvents } from './events.ts';

export const codeOf = (error: unknown): ErrorCode => (error instanceof GatewayError ? error.code : 'internal');

/** Tells how every request to the model ended. */
export function observing(events: Pick<PipelineEvents, 'answered' | 'failed'>, next: Send): Send {
  return async (call) => {
    try {
      const answer = await next(call);
      events.answered(answer);
      return answer;
    } catch (error) {
      events.failed(codeOf(error));
      throw error;
    }
  };
}
