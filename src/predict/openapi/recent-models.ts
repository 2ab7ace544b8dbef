import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { CallableModel } from '../model.ts';
import type { Models } from '../models.ts';

/** How long a list is used, ms, and how long a reader waits for it. */
const freshFor = 2_000;
const patience = 2_000;

/** What can be called, as of a moment ago; nothing when that cannot be found out, for a document that is better short than missing. */
export function recentModels(models: Models, log: FastifyBaseLogger): () => Promise<readonly CallableModel[]> {
  let list: Promise<readonly CallableModel[]> | undefined;
  let since = 0;

  async function ask(): Promise<readonly CallableModel[]> {
    const timer = new AbortController();
    try {
      const late = sleep(patience, undefined, { signal: timer.signal, ref: false }).then(() => {
        throw new Error('No answer in time');
      });
      return await Promise.race([models.list(), late]);
    } catch (err) {
      log.warn({ err }, 'The models cannot be listed: the OpenAPI document is without them');
      return [];
    } finally {
      timer.abort();
    }
  }

  return () => {
    if (list === undefined || performance.now() - since > freshFor) {
      since = performance.now();
      list = ask();
    }
    return list;
  };
}
