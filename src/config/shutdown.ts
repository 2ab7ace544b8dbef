import Type from 'typebox';

/** How the process ends. */
export const Shutdown = Type.Object(
  {
    delayMs: Type.Integer({
      env: 'SHUTDOWN_DELAY_MS',
      default: 0,
      minimum: 0,
      maximum: 120_000,
      description:
        'On SIGTERM: how long to go on serving, not ready any more, until the balancer has noticed, ms. Behind a balancer about 5000.',
    }),
    drainTimeoutMs: Type.Integer({
      env: 'DRAIN_TIMEOUT_MS',
      default: 30_000,
      minimum: 0,
      maximum: 600_000,
      description:
        'How long what is on the way may then take, streams too, ms. Predictions that are left are refused with 503, streams of events end with why, all else is cut off.',
    }),
  },
  { default: {}, additionalProperties: false },
);
