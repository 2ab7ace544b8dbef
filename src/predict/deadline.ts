import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../errors.ts';

const grpcUnits: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

const wrong = (header: string, detail: string): GatewayError =>
  new GatewayError('validation_failed', `The header ${header} ${detail}.`, {
    errors: [{ pointer: `header/${header}`, detail }],
  });

/**
 * The time a caller gives, ms: `Request-Timeout` in seconds (`2.5`), or `grpc-timeout` as gRPC writes it (`2500m`).
 * @throws GatewayError validation_failed
 */
export function timeoutAsked(headers: IncomingHttpHeaders): number | undefined {
  const { 'request-timeout': seconds, 'grpc-timeout': grpc } = headers;
  if (typeof seconds === 'string') {
    if (!/^\d{1,6}(\.\d{1,6})?$/.test(seconds)) throw wrong('request-timeout', 'must be seconds, such as 2.5');
    return Number(seconds) * 1_000;
  }
  if (typeof grpc === 'string') {
    const [, digits, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(grpc) ?? [];
    if (digits === undefined) throw wrong('grpc-timeout', 'must be up to 8 digits and one of H, M, S, m, u, n');
    return Number(digits) * (grpcUnits[unit] ?? 0);
  }
  return undefined;
}

/** When the answer must be there, on the clock of performance.now(): the model's time or the caller's, whichever is shorter. */
export const deadlineOf = (headers: IncomingHttpHeaders, timeoutMs: number): number =>
  performance.now() + Math.min(timeoutMs, timeoutAsked(headers) ?? Number.POSITIVE_INFINITY);
