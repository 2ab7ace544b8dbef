import Type, { type Static } from 'typebox';

export const Metrics = Type.Object(
  {
    enabled: Type.Boolean({
      env: 'METRICS',
      default: true,
      description: 'Counts, and shows it at /metrics. Without it neither.',
    }),
    emfNamespace: Type.Optional(
      Type.String({
        env: 'EMF_NAMESPACE',
        pattern: '^[A-Za-z0-9._/#:-]{1,255}$',
        description:
          'CloudWatch namespace. With it the log has lines in CloudWatch’s embedded metric format: requests, errors, time and load of each model.',
      }),
    ),
    emfIntervalMs: Type.Integer({
      env: 'EMF_INTERVAL_MS',
      default: 60_000,
      minimum: 100,
      maximum: 3_600_000,
      description: 'How often such lines are written, ms.',
    }),
  },
  { default: {}, additionalProperties: false },
);
export type Metrics = Static<typeof Metrics>;
