import { codeOf } from '../errors.ts';
import type { Send } from './call.ts';
import type { PipelineEvents } from './events.ts';

/** Tells how every request to the model ended. */
export function observing(events: Pick<PipelineEvents, 'answered' | 'failed'>, next: Send): Send {
  return (call) =>
    next(call).then(
      (answer) => {
        events.answered(answer);
        return answer;
      },
      (error) => {
        events.failed(codeOf(error));
        throw error;
      },
    );
}
