import type { Send } from './call.ts';

export interface Shadow {
  readonly endpoint: string;
  /** Share of the requests that are copied, percent. */
  readonly percent: number;
}

/** A slow shadow must not pile up work: copies beyond these are left out. */
const maxInFlight = 16;

/** Copies a share of the calls to another endpoint and throws its answers away; the caller never waits for it and never sees its errors. */
export function shadowing({ endpoint, percent }: Shadow, next: Send): Send {
  let inFlight = 0;
  return (call) => {
    if (inFlight < maxInFlight && Math.random() * 100 < percent) {
      inFlight += 1;
      const done = () => {
        inFlight -= 1;
      };
      next({ ...call, endpoint }).then(done, done);
    }
    return next(call);
  };
}
