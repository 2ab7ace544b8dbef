import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * An API key is `sgw_<id>_<secret>`: the id finds the one entry to compare with, and 256 random bits of secret make a slow hash needless. What
 * the configuration holds is `<id>:<salt>:<SHA-256 of salt and secret>`, all in hex.
 */
const keyPattern = /^sgw_([0-9a-f]{12})_([0-9a-f]{64})$/;

/** A stored key, as a JSON schema pattern. */
export const storedKeyPattern = '^[0-9a-f]{12}:[0-9a-f]{32}:[0-9a-f]{64}$';

const hashOf = (salt: string, secret: string): Buffer => hash('sha256', salt + secret, 'buffer');

/** A new key: what the client gets to see, once, and what the configuration keeps. */
export function createApiKey(): { readonly key: string; readonly stored: string } {
  const id = randomBytes(6).toString('hex');
  const secret = randomBytes(32).toString('hex');
  const salt = randomBytes(16).toString('hex');
  return { key: `sgw_${id}_${secret}`, stored: `${id}:${salt}:${hashOf(salt, secret).toString('hex')}` };
}

/** Finds whose key it is. */
export class ApiKeys<Owner> {
  readonly #byId = new Map<string, { readonly salt: string; readonly hash: Buffer; readonly owner: Owner }>();
  /** Keys that were right before, so that a client's next request need not be hashed; never more than there are entries. */
  readonly #verified = new Map<string, Owner>();

  /** @param keys each stored key with its owner */
  constructor(keys: Iterable<readonly [stored: string, owner: Owner]>) {
    for (const [stored, owner] of keys) {
      const [id = '', salt = '', hex = ''] = stored.split(':');
      this.#byId.set(id, { salt, hash: Buffer.from(hex, 'hex'), owner });
    }
  }

  /** The owner of a key; undefined when it is none of ours. */
  ownerOf(key: string): Owner | undefined {
    return this.#verified.get(key) ?? this.#verify(key);
  }

  #verify(key: string): Owner | undefined {
    const [, id = '', secret = ''] = keyPattern.exec(key) ?? [];
    const entry = this.#byId.get(id);
    if (entry === undefined || !timingSafeEqual(hashOf(entry.salt, secret), entry.hash)) return undefined;
    this.#verified.set(key, entry.owner);
    return entry.owner;
  }
}
