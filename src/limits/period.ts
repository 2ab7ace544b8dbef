import type { Period } from './limit.ts';

export interface Window {
  /** Begin and end, ms since 1970, UTC. */
  readonly start: number;
  readonly end: number;
}

const dayMs = 86_400_000;

function windowAt(period: Period, now: number): Window {
  const midnight = Math.floor(now / dayMs) * dayMs;
  const date = new Date(now);
  switch (period) {
    case 'day':
      return { start: midnight, end: midnight + dayMs };
    case 'week': {
      const start = midnight - ((date.getUTCDay() + 6) % 7) * dayMs;
      return { start, end: start + 7 * dayMs };
    }
    case 'month':
      return {
        start: Date.UTC(date.getUTCFullYear(), date.getUTCMonth()),
        end: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1),
      };
  }
}

const current = new Map<Period, Window>();

/** The calendar period that a time is in, UTC. */
export function windowOf(period: Period, now: number): Window {
  const known = current.get(period);
  if (known !== undefined && now >= known.start && now < known.end) return known;
  const window = windowAt(period, now);
  current.set(period, window);
  return window;
}
