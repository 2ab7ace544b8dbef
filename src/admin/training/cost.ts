import type { Config } from '../../config/schema.ts';

interface Timed {
  readonly instanceType?: string;
  readonly instanceCount?: number;
  readonly maxRuntimeSeconds?: number;
  readonly billableSeconds?: number;
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/** What a job costs so far, or has cost, and what it can cost at most, where the price of its instances is configured. */
export function costOf(
  { prices }: Pick<Config, 'prices'>,
  job: Timed,
): { estimated: number; atMost?: number } | undefined {
  const price = prices[job.instanceType ?? ''];
  if (price === undefined) return undefined;
  const amount = (seconds: number) => Math.round(((seconds * price * (job.instanceCount ?? 1)) / 3600) * 1e6) / 1e6;
  const running =
    job.startedAt === undefined
      ? 0
      : (Date.parse(job.endedAt ?? new Date().toISOString()) - Date.parse(job.startedAt)) / 1000;
  return {
    estimated: amount(job.billableSeconds ?? running),
    ...(job.maxRuntimeSeconds === undefined ? {} : { atMost: amount(job.maxRuntimeSeconds) }),
  };
}
