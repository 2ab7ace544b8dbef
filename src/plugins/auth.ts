import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { ApiKeys } from '../auth/api-key.ts';
import type { Clients, Scope } from '../config/clients.ts';
import { GatewayError } from '../errors.ts';

/** Who calls. */
export interface Client {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** The models it may call; undefined for all. */
  readonly models: ReadonlySet<string> | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined where nobody has to say who they are. */
    client: Client | undefined;
  }
  interface FastifyInstance {
    /** Takes the clients of another configuration, for new requests. */
    configureClients(clients: Clients): void;
    /** Whether the caller may call a model; for routes that are open to all, where nobody has to say who they are. */
    mayPredict(request: FastifyRequest, model: string): boolean;
  }
  interface FastifyContextConfig {
    /** What a client needs to call the route; undefined for a route that is open to all. */
    scope?: Scope;
  }
}

const keysOf = (clients: Clients): ApiKeys<Client> =>
  new ApiKeys(
    Object.entries(clients).flatMap(([name, { keys, scopes, models }]) => {
      const client: Client = { name, scopes: new Set(scopes), models: models && new Set(models) };
      return keys.map((stored) => [stored, client] as const);
    }),
  );

const schemes = [/^Bearer (\S+)$/i, /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\//];

/** The key of a request: `x-api-key`, a bearer token, or the access key id of an AWS SDK, whose signature is of no use without AWS's secrets. */
function keyIn({ headers }: FastifyRequest): string | undefined {
  const { 'x-api-key': key, authorization = '' } = headers;
  if (typeof key === 'string') return key;
  return schemes.map((scheme) => scheme.exec(authorization)?.[1]).find((found) => found !== undefined);
}

/** Asks every request whose route has a scope who it is from, as soon as the configuration names a client. */
export default fp<{ readonly clients: Clients }>(
  async (app: FastifyInstance, { clients }) => {
    let keys = keysOf(clients);
    let required = Object.keys(clients).length > 0;
    app.decorate('configureClients', (changed: Clients) => {
      keys = keysOf(changed);
      required = Object.keys(changed).length > 0;
    });
    app.decorate('mayPredict', (request: FastifyRequest, model: string) => {
      if (!required) return true;
      const client = keys.ownerOf(keyIn(request) ?? '');
      return client?.scopes.has('predict') === true && client.models?.has(model) !== false;
    });
    app.decorateRequest('client', undefined);

    app.addHook('onRequest', async (request) => {
      const { scope } = request.routeOptions.config;
      if (scope === undefined || !required) return;
      const key = keyIn(request);
      if (key === undefined)
        throw new GatewayError('unauthenticated', 'An API key is needed: x-api-key, or Authorization: Bearer.');
      const client = keys.ownerOf(key);
      if (client === undefined) throw new GatewayError('unauthenticated', 'The API key is not known.');
      if (!client.scopes.has(scope))
        throw new GatewayError('forbidden', `The client ${client.name} has no scope ${scope}.`);
      request.client = client;
    });
  },
  { name: 'auth' },
);

/** Gives every route registered in `app` from here on the scope it needs; `onRoute` lets reading need less than writing. */
export function requireScope(app: FastifyInstance, scopeOf: (method: string) => Scope): void {
  app.addHook('onRoute', (route) => {
    const method = Array.isArray(route.method) ? (route.method[0] ?? 'GET') : route.method;
    route.config = { ...route.config, scope: scopeOf(method) };
  });
}

/** @throws GatewayError forbidden when the caller may not call the model */
export function requireModel(request: FastifyRequest, model: string): void {
  const { client } = request;
  request.model = model;
  if (client?.models && !client.models.has(model)) {
    throw new GatewayError('forbidden', `The client ${client.name} may not call the model ${model}.`);
  }
}
