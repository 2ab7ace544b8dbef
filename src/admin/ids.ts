import { randomBytes } from 'node:crypto';

/** An id that sorts by the time of its making, to the second or to the millisecond, with a random part of `bytes` bytes in hex. */
export function timedId(precision: 's' | 'ms', bytes: number): string {
  const time = new Date().toISOString().replace(precision === 's' ? /[-:]|\.\d+/g : /[-:.]/g, '');
  return `${time}-${randomBytes(bytes).toString('hex')}`;
}
