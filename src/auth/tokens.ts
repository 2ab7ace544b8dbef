import { createRemoteJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { LruMap } from 'toad-cache';
import type { Issuer, Issuers } from '../config/issuers.ts';
import { GatewayError } from '../errors.ts';
import type { Client } from './client.ts';
import { clientFrom } from './token-client.ts';

/** A token that was verified is believed for so long, ms, or until it expires: a signature takes longer than a prediction's whole way through. */
const believedMs = 60_000;
const clockTolerance = 30;
const longest = 16_384;

type KeySet = ReturnType<typeof createRemoteJWKSet>;

interface Trusted {
  readonly name: string;
  readonly settings: Issuer;
  keys: Promise<KeySet> | undefined;
}

const refused = (detail: string, cause?: unknown): GatewayError =>
  new GatewayError('unauthenticated', detail, { cause });

const unreachable = (cause: unknown): GatewayError =>
  new GatewayError('issuer_unavailable', 'The keys of the issuer of the token cannot be had now.', {
    retryAfter: 5,
    cause,
  });

async function discover(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000), redirect: 'error' });
  const found = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (!response.ok || found.issuer !== issuer || typeof found.jwks_uri !== 'string')
    throw new Error(`${url} answers ${response.status} and not as the issuer ${issuer}`);
  return found.jwks_uri;
}

/** Cached by jose, and fetched anew when a token names a key that is not there, at most every 10 s. */
async function openKeys({ issuer, jwksUri }: Issuer): Promise<KeySet> {
  return createRemoteJWKSet(new URL(jwksUri ?? (await discover(issuer))), {
    cooldownDuration: 10_000,
    cacheMaxAge: 600_000,
    timeoutDuration: 5_000,
  });
}

/** Cognito's access tokens name their client in place of an audience. */
function isForUs({ aud, client_id: clientId }: JWTPayload, audience: readonly string[]): boolean {
  const meant = aud === undefined ? [clientId] : [aud].flat();
  return meant.some((each) => typeof each === 'string' && audience.includes(each));
}

/** Finds who a JSON Web Token of a trusted issuer is from. */
export class Tokens {
  readonly #byIssuer: ReadonlyMap<string, Trusted>;
  readonly #believed = new LruMap<{ readonly client: Client; readonly until: number }>(5_000);

  constructor(issuers: Issuers) {
    this.#byIssuer = new Map(
      Object.entries(issuers).map(([name, settings]) => [settings.issuer, { name, settings, keys: undefined }]),
    );
  }

  /** Who it was from when it was last verified, as long as that is believed. */
  known(token: string): Client | undefined {
    const entry = this.#believed.get(token);
    return entry && entry.until > Date.now() ? entry.client : undefined;
  }

  /** @throws GatewayError unauthenticated, issuer_unavailable */
  async ownerOf(token: string): Promise<Client> {
    const trusted = this.#issuerOf(token);
    const claims = await this.#verify(token, trusted);
    const { audience, tokenUse } = trusted.settings;
    if (!isForUs(claims, audience)) throw refused('The token is meant for another audience.');
    if (tokenUse !== undefined && claims.token_use !== tokenUse) throw refused(`The token is no ${tokenUse} token.`);
    const client = clientFrom(claims, trusted.name, trusted.settings);
    const until = Math.min(Date.now() + believedMs, ((claims.exp ?? 0) + clockTolerance) * 1000);
    this.#believed.set(token, { client, until });
    return client;
  }

  /** By what the token says itself, before it is verified: that only chooses who verifies it. */
  #issuerOf(token: string): Trusted {
    let issuer: string | undefined;
    try {
      issuer = token.length > longest ? undefined : decodeJwt(token).iss;
    } catch (error) {
      throw refused('The bearer token is neither a key nor a JSON Web Token.', error);
    }
    const trusted = this.#byIssuer.get(issuer ?? '');
    if (trusted === undefined) throw refused('The issuer of the token is not known.');
    return trusted;
  }

  async #verify(token: string, trusted: Trusted): Promise<JWTPayload> {
    const { issuer, algorithms } = trusted.settings;
    trusted.keys ??= openKeys(trusted.settings);
    const keys = await trusted.keys.catch((error: unknown) => {
      // The next caller tries again.
      trusted.keys = undefined;
      throw unreachable(error);
    });
    try {
      const options = { issuer, algorithms, clockTolerance, requiredClaims: ['exp'] };
      return (await jwtVerify(token, keys, options)).payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw refused('The token has expired.', error);
      const isOurs = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout);
      // What jose throws with this code of its own is an answer of the issuer that is no set of keys.
      if (!isOurs || error.code === 'ERR_JOSE_GENERIC' || error instanceof errors.JWKSInvalid) throw unreachable(error);
      throw refused('The token is not valid.', error);
    }
  }
}
