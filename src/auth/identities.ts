import type { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';
import { ApiKeys } from './api-key.ts';
import { type Client, clientOf } from './client.ts';
import { type PendingSignature, Signatures } from './signatures.ts';
import { Tokens } from './tokens.ts';

export type IdentityConfig = Pick<Config, 'clients' | 'issuers'>;

/** What a request brings to say whose it is. */
type Credential =
  | { readonly kind: 'key' | 'token' | 'certificate'; readonly value: string }
  | { readonly kind: 'signature' }
  | { readonly kind: 'none' };

const bearer = /^Bearer +(\S+)$/i;
/** The access key id of an AWS SDK may be an API key: whole as it is, it proves what a signature would. */
const keyAsAccessKey = /^AWS4-HMAC-SHA256 Credential=(sgw_[^/,\s]+)\//;
const nameless: Credential = { kind: 'none' };

function commonNameOf(request: FastifyRequest): string | undefined {
  const socket = request.raw.socket as Partial<TLSSocket>;
  if (socket.authorized !== true || socket.getPeerCertificate === undefined) return undefined;
  const name: unknown = socket.getPeerCertificate().subject?.CN;
  return typeof name === 'string' ? name : undefined;
}

function credentialOf(request: FastifyRequest): Credential {
  const { 'x-api-key': key, authorization } = request.headers;
  if (typeof key === 'string') return { kind: 'key', value: key };
  if (authorization === undefined) {
    const name = commonNameOf(request);
    return name === undefined ? nameless : { kind: 'certificate', value: name };
  }
  const token = bearer.exec(authorization)?.[1];
  if (token !== undefined) return { kind: token.startsWith('sgw_') ? 'key' : 'token', value: token };
  const accessKey = keyAsAccessKey.exec(authorization)?.[1];
  if (accessKey !== undefined) return { kind: 'key', value: accessKey };
  return authorization.startsWith('AWS4-HMAC-SHA256') ? { kind: 'signature' } : nameless;
}

const unknown = (detail: string): GatewayError => new GatewayError('unauthenticated', detail);

/** Everybody that a configuration knows, and the ways to tell who they are. */
export class Identities {
  /** The clients that are named one by one. */
  readonly named: readonly Client[];
  /** Whether anybody is known at all; else nobody has to say who they are. */
  readonly required: boolean;
  readonly #keys: ApiKeys<Client>;
  readonly #tokens: Tokens;
  readonly #signatures: Signatures;
  readonly #certificates: ReadonlyMap<string, Client>;

  /** @throws ConfigError when a secret that it names cannot be had */
  constructor({ clients, issuers }: IdentityConfig) {
    const entries = Object.entries(clients).map(([name, settings]) => ({ settings, client: clientOf(name, settings) }));
    this.named = entries.map(({ client }) => client);
    this.required = entries.length > 0 || Object.keys(issuers).length > 0;
    this.#keys = new ApiKeys(
      entries.flatMap(({ settings, client }) => settings.keys.map((stored) => [stored, client] as const)),
    );
    this.#certificates = new Map(
      entries.flatMap(({ settings, client }) => (settings.certificates ?? []).map((name) => [name, client] as const)),
    );
    this.#tokens = new Tokens(issuers);
    this.#signatures = new Signatures(clients);
  }

  /** The caller, as far as it is known without asking or waiting for anybody. */
  known(request: FastifyRequest): Client | undefined {
    const credential = credentialOf(request);
    switch (credential.kind) {
      case 'key':
        return this.#keys.ownerOf(credential.value);
      case 'token':
        return this.#tokens.known(credential.value);
      case 'certificate':
        return this.#certificates.get(credential.value);
      default:
        return undefined;
    }
  }

  /** The caller; of a signed request what is left to check when its body is there. @throws GatewayError unauthenticated, issuer_unavailable */
  identify(request: FastifyRequest): Client | Promise<Client> | PendingSignature {
    const credential = credentialOf(request);
    switch (credential.kind) {
      case 'none':
        throw unknown(
          'Say who you are: with x-api-key, or Authorization with a key or token as Bearer or a signature of AWS4-HMAC-SHA256.',
        );
      case 'signature': {
        const { method, url = '', headers } = request.raw;
        return this.#signatures.begin({ method: method ?? '', url, headers }, request.protocol === 'https');
      }
      default: {
        const client = this.known(request);
        if (client !== undefined) return client;
        if (credential.kind === 'token') return this.#tokens.ownerOf(credential.value);
        throw unknown(
          credential.kind === 'key' ? 'The API key is not known.' : 'The certificate is of no known client.',
        );
      }
    }
  }
}
