import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { LruMap } from 'toad-cache';
import type { AccessKey, Clients } from '../config/clients.ts';
import { ConfigError } from '../config/load.ts';
import { type Client, clientOf } from './client.ts';
import {
  checkClaim,
  isSignedBy,
  readClaim,
  refused,
  type SignatureClaim,
  type SignedRequest,
  signingKey,
} from './signature.ts';

/** A signed request that waits for its body. */
export interface PendingSignature {
  readonly client: Client;
  /** Hex of SHA-256, as the client says; undefined where its signature is over the body that comes. */
  readonly declaredHash: string | undefined;
  /** @throws GatewayError unauthenticated */
  verify(bodyHash: string): void;
}

const unsignedPayload = 'UNSIGNED-PAYLOAD';

function secretOf({ id, secretEnv, secretFile }: AccessKey, env: NodeJS.ProcessEnv): string {
  let secret = secretEnv === undefined ? undefined : env[secretEnv];
  if (secretFile !== undefined) {
    try {
      secret = readFileSync(secretFile, 'utf8').trim();
    } catch (error) {
      throw new ConfigError([
        `accessKeys ${id}: ${secretFile} cannot be read (${(error as NodeJS.ErrnoException).code})`,
      ]);
    }
  }
  if (!secret || secret.length < 32)
    throw new ConfigError([`accessKeys ${id}: the secret is missing or shorter than 32 characters`]);
  return secret;
}

/** Finds who signed a request, by the access keys that the gateway knows. */
export class Signatures {
  readonly #byId = new Map<string, { readonly secret: string; readonly client: Client }>();
  readonly #keys = new LruMap<Buffer>(1_000);
  /** Signs for ids that nobody has, so that they take as long as others. */
  readonly #nobody = { secret: randomBytes(32).toString('hex'), client: undefined };

  /** @throws ConfigError when a secret cannot be had */
  constructor(clients: Clients, env: NodeJS.ProcessEnv = process.env) {
    for (const [name, settings] of Object.entries(clients)) {
      const client = clientOf(name, settings);
      for (const key of settings.accessKeys ?? []) this.#byId.set(key.id, { secret: secretOf(key, env), client });
    }
  }

  #keyFor(secret: string, claim: SignatureClaim): Buffer {
    const name = `${claim.accessKeyId}/${claim.day}/${claim.region}`;
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = signingKey(secret, claim);
      this.#keys.set(name, key);
    }
    return key;
  }

  /**
   * Checks what can be checked before the body is there: with a hash of it among the headers that is the signature itself.
   * @throws GatewayError unauthenticated
   */
  begin(request: SignedRequest, isSecure: boolean, now = Date.now()): PendingSignature {
    const claim = readClaim(request.headers.authorization ?? '');
    checkClaim(claim, request, now);
    const { secret, client } = this.#byId.get(claim.accessKeyId) ?? this.#nobody;
    const check = (bodyHash: string): void => {
      if (!isSignedBy(this.#keyFor(secret, claim), claim, request, bodyHash) || client === undefined)
        throw refused('The access key is not known, or the signature does not match.');
    };

    const declared = request.headers['x-amz-content-sha256'];
    const declaredHash = typeof declared === 'string' ? declared : undefined;
    if (declaredHash === unsignedPayload) {
      if (!isSecure) throw refused('UNSIGNED-PAYLOAD is accepted over TLS only.');
    } else if (declaredHash !== undefined && !/^[0-9a-f]{64}$/.test(declaredHash)) {
      throw refused('The x-amz-content-sha256 is no SHA-256.');
    }
    if (declaredHash !== undefined) check(declaredHash);
    return {
      client: client ?? clientOf('', { keys: [], scopes: [] }),
      declaredHash,
      verify(bodyHash) {
        if (declaredHash === undefined) check(bodyHash);
        else if (declaredHash !== unsignedPayload && bodyHash !== declaredHash)
          throw refused('The body is not the one that was signed.');
      },
    };
  }
}
