import { createHash } from 'node:crypto';
import type { ModelCall } from './call.ts';

/** An endpoint with its share of the traffic. */
export interface Share {
  readonly endpoint: string;
  readonly weight: number;
}

/** A place in [0, 1) that is the same for a key at every replica. */
const placeOf = (key: string): number => createHash('sha256').update(key).digest().readUInt32BE(0) / 2 ** 32;

/** Divides calls over endpoints by weight; a call with a sticky key always goes to the same one as long as the weights stay. */
export function splitting<Answer>(
  shares: readonly Share[],
  next: (call: ModelCall) => Promise<Answer>,
): (call: ModelCall) => Promise<Answer> {
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);

  function choose({ stickyKey, endpoint }: ModelCall): string {
    let left = (stickyKey === undefined ? Math.random() : placeOf(stickyKey)) * total;
    for (const share of shares) {
      left -= share.weight;
      if (left < 0) return share.endpoint;
    }
    return endpoint;
  }

  return (call) => next({ ...call, endpoint: choose(call) });
}
