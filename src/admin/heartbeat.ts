import type { FastifyBaseLogger } from 'fastify';

/** How often a replica says that it is still at work, ms. */
const heartbeatMs = 5_000;
/** After this long without a word the replica is taken for dead, ms. */
const deadAfterMs = 60_000;

export const replicaGone = 'The replica of the gateway that ran it is gone.';

/** What work in the background leaves in S3 while it runs. */
export interface Beating {
  /** ISO 8601. */
  readonly heartbeatAt: string;
}

export const stamped = <Record extends object>(record: Record): Record & Beating => ({
  ...record,
  heartbeatAt: new Date().toISOString(),
});

export const isSilent = ({ heartbeatAt }: Beating): boolean => Date.now() - Date.parse(heartbeatAt) >= deadAfterMs;

/**
 * Writes how far some work is, again and again, so that any replica can show it.
 * @returns ends it; when that has come true, no write is on its way that could overwrite the outcome
 */
export function startHeartbeat(write: () => Promise<void>, log: FastifyBaseLogger): () => Promise<void> {
  let last = Promise.resolve();
  const heart = setInterval(() => {
    last = write().catch((err: unknown) => log.warn({ err }, 'no heartbeat'));
  }, heartbeatMs);
  return async () => {
    clearInterval(heart);
    await last;
  };
}
