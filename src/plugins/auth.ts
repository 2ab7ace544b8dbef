import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { ApiKeys } from '../auth/api-key.ts';
import type { Client } from '../auth/client.ts';
import type { Clients, Scope } from '../config/clients.ts';
import { GatewayError } from '../errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined where nobody has to say who they are. */
    client: Client | undefined;
  }
  interface FastifyInstance {
    /** Takes the clients of another configuration, for new requests. */
    configureClients(clients: Clients): void;
    /** Every client that the configuration names. */
    namedClients(): readonly Client[];
    /** Whether the caller may call a model; for routes that are open to all, where nobody has to say who they are. */
    mayPredict(request: FastifyRequest, model: string): boolean;
  }
  interface FastifyContextConfig {
    /** What a client needs to call the route; undefined for a route that is open to all. */
    scope?: Scope;
  }
}

const clientOf = (name: string, { scopes, models, plan }: Clients[string]): Client => ({
  name,
  scopes: new Set(scopes),
  models: models && new Set(models),
  plan,
});

const keysOf = (clients: Clients): ApiKeys<Client> =>
  new ApiKeys(
    Object.entries(clients).flatMap(([name, settings]) => {
      const client = clientOf(name, settings);
      return settings.keys.map((stored) => [stored, client] as const);
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
    let named = Object.entries(clients).map(([name, settings]) => clientOf(name, settings));
    let required = Object.keys(clients).length > 0;
    app.decorate('namedClients', () => named);
    app.decorate('configureClients', (changed: Clients) => {
      named = Object.entries(changed).map(([name, settings]) => clientOf(name, settings));
      keys = keysOf(changed);
      required = Object.keys(changed).length > 0;
    });
    app.decorate('mayPredict', (request: FastifyRequest, model: string) => {
      if (!required) return true;
      const client = keys.ownerOf(keyIn(request) ?? '');
      return client?.scopes.has('predict') === true && client.models?.has(model) !== false;
    });
    app.decorateRequest('client', undefined);

    function identify(request: FastifyRequest): Client {
      const key = keyIn(request);
      if (key === undefined)
        throw new GatewayError('unauthenticated', 'An API key is needed: x-api-key, or Authorization: Bearer.');
      const client = keys.ownerOf(key);
      if (client === undefined) throw new GatewayError('unauthenticated', 'The API key is not known.');
      return client;
    }

    app.addHook('onRequest', (request, _reply, done) => {
      const { scope } = request.routeOptions.config;
      if (scope === undefined || !required) {
        app.countStranger(request).then(() => done(), done);
        return;
      }
      try {
        const client = identify(request);
        request.client = client;
        requireScopeOf(client, scope);
        done();
      } catch (error) {
        const refused = error as GatewayError;
        if (refused.code === 'unauthenticated') app.countStranger(request).then(() => done(refused), done);
        else done(refused);
      }
    });
  },
  { name: 'auth', dependencies: ['address-limit'] },
);

function requireScopeOf({ name, scopes }: Client, scope: Scope): void {
  if (!scopes.has(scope)) throw new GatewayError('forbidden', `The client ${name} has no scope ${scope}.`);
}

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
