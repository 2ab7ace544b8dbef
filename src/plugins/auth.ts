import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Client } from '../auth/client.ts';
import { Identities, type IdentityConfig } from '../auth/identities.ts';
import type { PendingSignature } from '../auth/signatures.ts';
import { readSignedBody } from '../auth/signed-body.ts';
import type { Scope } from '../config/clients.ts';
import { GatewayError } from '../errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined where nobody has to say who they are, and until a signed body is there. */
    client: Client | undefined;
    /** The signature of a request whose client is told by its body. */
    signature: PendingSignature | undefined;
  }
  interface FastifyInstance {
    /** Takes the clients and issuers of another configuration, for new requests. @throws ConfigError, and the last ones go on */
    configureClients(config: IdentityConfig): void;
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

/** @throws GatewayError forbidden */
function admit(request: FastifyRequest, client: Client, { scope } = request.route): void {
  request.client = client;
  if (scope !== undefined && !client.scopes.has(scope))
    throw new GatewayError('forbidden', `The client ${client.name} has no scope ${scope}.`);
}

type Done = (error?: Error) => void;

/** Asks every request whose route has a scope who it is from, as soon as the configuration knows anybody. */
export default fp<{ readonly config: IdentityConfig }>(
  async (app: FastifyInstance, { config }) => {
    let identities = new Identities(config);
    app.decorate('namedClients', () => identities.named);
    app.decorate('configureClients', (changed: IdentityConfig) => {
      identities = new Identities(changed);
    });
    app.decorate('mayPredict', (request: FastifyRequest, model: string) => {
      if (!identities.required) return true;
      const client = identities.known(request);
      return client?.scopes.has('predict') === true && client.models?.has(model) !== false;
    });
    app.decorateRequest('client', undefined);
    app.decorateRequest('signature', undefined);

    /** Who is not known is counted by address before being refused. */
    const refuse = (request: FastifyRequest, error: unknown, done: Done): void => {
      const isStranger = error instanceof GatewayError && error.code === 'unauthenticated';
      if (isStranger) app.countStranger(request).then(() => done(error), done);
      else done(error as Error);
    };

    app.addHook('onRequest', (request, _reply, done) => {
      const { route } = request;
      if (route.scope === undefined || !identities.required) {
        app.countStranger(request).then(() => done(), done);
        return;
      }
      try {
        const found = identities.identify(request);
        if (found instanceof Promise) {
          found
            .then((client) => admit(request, client))
            .then(
              () => done(),
              (error) => refuse(request, error, done),
            );
          return;
        }
        if ('verify' in found) request.signature = found;
        else admit(request, found);
        done();
      } catch (error) {
        refuse(request, error, done);
      }
    });

    app.addHook('preParsing', (request, _reply, payload, done) => {
      const { signature } = request;
      if (signature === undefined) {
        done(null, payload);
        return;
      }
      const limit = Math.min(request.routeOptions.bodyLimit, app.initialConfig.bodyLimit ?? 0);
      readSignedBody(payload, limit)
        .then(({ hash, stream }) => {
          signature.verify(hash);
          admit(request, signature.client);
          return stream;
        })
        .then(
          (stream) => done(null, stream),
          (error) => refuse(request, error, done),
        );
    });
  },
  { name: 'auth', dependencies: ['address-limit'] },
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
