import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { App } from './app.ts';
import type { Config } from './config/schema.ts';

type Stop = (signal: NodeJS.Signals) => Promise<void>;

/**
 * Takes over the signals that end the process, from its first moment: as the first process of a container it would get none of their defaults.
 * A signal before `arm`, and a second one, end it at once.
 */
export function watchSignals(): { arm(stop: Stop): void } {
  let stop: Stop | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stop === undefined) process.exit(128 + constants.signals[signal]);
      const once = stop;
      stop = undefined;
      once(signal).then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
  return {
    arm(stopInOrder) {
      stop = stopInOrder;
    },
  };
}

/** An error that nobody expected leaves nobody knows what behind: the process ends, and whatever runs it starts a new one. */
export function crashOnUnknown(logger: FastifyBaseLogger): void {
  const crash = (what: string) => (error: unknown) => {
    logger.fatal({ err: error }, what);
    process.exit(1);
  };
  process.on('uncaughtException', crash('an exception that nobody caught'));
  process.on('unhandledRejection', crash('a rejection that nobody handled'));
}

/** For closing what was open when everybody has had an answer; a call to a model that nobody waits for any more can take longer, ms. */
const closeLimit = 4_000;

async function closeAll(closers: readonly (() => unknown)[]): Promise<void> {
  for (const close of closers) await close();
}

export interface Ending {
  readonly app: App;
  readonly logger: FastifyBaseLogger;
  readonly shutdown: Config['shutdown'];
  /** What is closed after the last answer, in order. */
  readonly closers: readonly (() => unknown)[];
}

/** Fails readiness, gives the balancer its time, stops accepting, lets what is on its way arrive, closes what was open. */
export async function shutDown({ app, logger, shutdown, closers }: Ending): Promise<void> {
  try {
    app.lifecycle.drain();
    await sleep(shutdown.delayMs);
    const cut = await app.lifecycle.finish(shutdown.drainTimeoutMs);
    if (cut > 0) logger.error({ connections: cut, ...shutdown }, 'cut off what was not answered in time');
    const closed = closeAll([() => app.close(), ...closers]).then(() => true);
    const inTime = await Promise.race([closed, sleep(closeLimit, false)]);
    if (inTime) logger.info('stopped');
    else logger.warn('stopped without waiting for connections to AWS that were still busy');
  } catch (error) {
    logger.fatal({ err: error }, 'could not stop cleanly');
    throw error;
  }
}
