import Type, { type Static } from 'typebox';

const closed = { additionalProperties: false };

const count = (description: string) => Type.Optional(Type.Integer({ minimum: 1, maximum: 1e12, description }));

/** How much and how fast. */
export const Allowance = Type.Object(
  {
    rate: Type.Optional(
      Type.Object(
        {
          perSecond: Type.Number({ exclusiveMinimum: 0, maximum: 1e6, description: 'Requests a second that last.' }),
          burst: Type.Integer({ minimum: 1, maximum: 1e6, description: 'Requests at once after a rest.' }),
        },
        closed,
      ),
    ),
    quotas: Type.Optional(
      Type.Object(
        {
          day: count('Requests a day, from midnight UTC.'),
          week: count('Requests a week, from Monday, midnight UTC.'),
          month: count('Requests a month, from the first, midnight UTC.'),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type Allowance = Static<typeof Allowance>;

const byModel = (description: string) =>
  Type.Record(Type.String(), Allowance, {
    default: {},
    description,
  });

/** A usage plan: what each client that has it may use. */
export const Plan = Type.Object(
  {
    ...Allowance.properties,
    models: byModel('The same for requests to one model, by its public name, within what the plan allows in all.'),
  },
  closed,
);
export type Plan = Static<typeof Plan>;

export const Plans = Type.Record(Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }), Plan, {
  default: {},
  description: 'Usage plans by name. Each client counts for itself.',
});
export type Plans = Static<typeof Plans>;

export const Limits = Type.Object(
  {
    redisUrl: Type.Optional(
      Type.String({
        env: 'REDIS_URL',
        pattern: '^rediss?://.+$',
        description:
          'Redis or Valkey in which all replicas count together, exactly. Without it each replica counts for itself, in memory.',
      }),
    ),
    onRedisLoss: Type.Enum(['open', 'closed'], {
      env: 'LIMITS_ON_REDIS_LOSS',
      default: 'open',
      description: 'While Redis is away: `open`, each replica counts for itself; `closed`, limited clients get 503.',
    }),
    models: byModel('What all clients together may use of a model, by its public name.'),
    perAddress: Type.Optional(
      Type.Object(
        {
          requests: Type.Integer({ minimum: 1, maximum: 1e9 }),
          seconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
        },
        {
          ...closed,
          description:
            'Requests of one address (IPv6: of one /64) that come from no known client, health checks apart. Without it 600 in 60 s where clients are known, and no limit elsewhere.',
        },
      ),
    ),
  },
  { ...closed, default: {} },
);
export type Limits = Static<typeof Limits>;
