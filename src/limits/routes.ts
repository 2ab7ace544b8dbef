import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import type { Client } from '../auth/client.ts';
import type { LimitsInForce } from '../plugins/limits.ts';
import { problems } from '../plugins/problem.ts';
import { sizeOf } from './limit.ts';

const LimitUse = Type.Object({
  name: Type.String({ description: '`rate`, `day`, `week`, `month`; with the model before it where it is for one.' }),
  limit: Type.Integer({ description: 'Requests that it allows: the burst of a rate.' }),
  perSecond: Type.Optional(Type.Number({ description: 'Of a rate: requests a second that come back.' })),
  used: Type.Integer(),
  remaining: Type.Integer(),
  resetSeconds: Type.Integer({ description: 'Until all of it is there again.' }),
});

export const Usage = Type.Object(
  {
    client: Type.Optional(Type.String({ description: 'Without it: nobody has to say who they are.' })),
    plan: Type.Optional(Type.String({ description: 'Without it: nothing is limited.' })),
    limits: Type.Array(LimitUse),
  },
  { $id: 'Usage', description: 'What a client used of its plan, and what is left.' },
);
type Usage = Static<typeof Usage>;

const UsageList = Type.Object({
  countedIn: Type.Enum(['redis', 'memory', 'redis away'], {
    description: 'Who counts: Redis for all replicas, or this replica for itself, with no Redis or while it is away.',
  }),
  items: Type.Array(Type.Unsafe<Usage>({ $ref: 'Usage#' })),
});

async function usageOf({ book, ledger }: LimitsInForce, client: Client | undefined): Promise<Usage> {
  if (client === undefined) return { limits: [] };
  const limits = book.limitsOf(client);
  const balances = limits.length === 0 ? [] : await ledger.balances(limits);
  return {
    client: client.name,
    ...(client.plan === undefined ? {} : { plan: client.plan }),
    limits: limits.map((limit, i) => {
      const { remaining = 0, resetMs = 0 } = balances[i] ?? {};
      return {
        name: limit.name,
        limit: sizeOf(limit),
        ...(limit.kind === 'rate' ? { perSecond: limit.perSecond } : {}),
        used: sizeOf(limit) - remaining,
        remaining,
        resetSeconds: Math.ceil(resetMs / 1000),
      };
    }),
  };
}

/** GET /usage: the caller's own. */
export const ownUsage: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/usage',
    {
      config: { unmetered: true },
      schema: {
        operationId: 'getUsage',
        tags: ['usage'],
        summary: 'Show what the caller has used of its plan',
        response: { 200: Type.Unsafe<Usage>({ $ref: 'Usage#' }), ...problems(429, 500, 503) },
      },
    },
    (request) => usageOf(app.limits, request.client),
  );
};

/** GET /usage of every client; registered under /admin. */
export const allUsage: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/usage',
    {
      config: { unmetered: true },
      schema: {
        operationId: 'listUsage',
        tags: ['usage'],
        summary: 'Show what each client has used of its plan',
        response: { 200: UsageList, ...problems(429, 500, 503) },
      },
    },
    async () => {
      const named = app.namedClients();
      const names = new Set(named.map(({ name }) => name));
      const others = app.limits.book.seen().filter(({ name }) => !names.has(name));
      const items = await Promise.all([...named, ...others].map((client) => usageOf(app.limits, client)));
      return { countedIn: app.limits.state(), items };
    },
  );
};
