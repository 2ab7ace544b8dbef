import type { Allowance } from '../config/plans.ts';

export type Period = 'day' | 'week' | 'month';

/** One limit that a request must keep: a token bucket, or a quota of a calendar period. */
export type Limit = {
  /** As clients see it: `rate`, `day`, `bank-rate`. */
  readonly name: string;
  /** Under which it is counted. */
  readonly key: string;
} & (
  | { readonly kind: 'rate'; readonly perSecond: number; readonly burst: number }
  | { readonly kind: 'quota'; readonly period: Period; readonly requests: number }
);

/** What is left of a limit. */
export interface Balance {
  readonly remaining: number;
  /** Until all of it is there again, ms. */
  readonly resetMs: number;
}

export interface Taken {
  /** Place of the limit that is used up, which holds longest; -1 when the request may pass. */
  readonly refusedBy: number;
  /** After which the request would pass, ms. */
  readonly waitMs: number;
  readonly balances: readonly Balance[];
}

/** Takes one request from all limits, or from none when one of them is used up. */
export interface Ledger {
  take(limits: readonly Limit[]): Taken | Promise<Taken>;
  balances(limits: readonly Limit[]): readonly Balance[] | Promise<readonly Balance[]>;
}

const periods: readonly Period[] = ['day', 'week', 'month'];

/** The limits of an allowance. `of` tells the counters of one holder from those of others, `prefix` the names. */
export function limitsOf({ rate, quotas = {} }: Allowance, of: string, prefix = ''): Limit[] {
  const limits: Limit[] = rate ? [{ name: `${prefix}rate`, key: `${of}:rate`, kind: 'rate', ...rate }] : [];
  for (const period of periods) {
    const requests = quotas[period];
    if (requests !== undefined)
      limits.push({ name: `${prefix}${period}`, key: `${of}:${period}`, kind: 'quota', period, requests });
  }
  return limits;
}

/** How many requests a limit allows at most. */
export const sizeOf = (limit: Limit): number => (limit.kind === 'rate' ? limit.burst : limit.requests);
