import { once } from 'node:events';
import { createServer } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { Test } from 'tap';

export interface LocalIssuer {
  readonly url: string;
  /** A token signed with the newest key, an hour valid. */
  token(claims: JWTPayload, header?: { readonly kid?: string }): Promise<string>;
  /** Signs with a new key from now on; the one before stays published unless `forget`. */
  rotate(forget?: boolean): Promise<void>;
  /** How often the keys were fetched. */
  fetches(): number;
  /** Answers 500 from now on, or no longer. */
  fail(failing: boolean): void;
}

/** An OIDC issuer over HTTP, as far as those who verify its tokens see it. */
export async function startIssuer(t: Test): Promise<LocalIssuer> {
  let keys: { kid: string; publicJwk: object; privateKey: CryptoKey }[] = [];
  let fetched = 0;
  let made = 0;
  let failing = false;
  const server = createServer((request, response) => {
    const isKeys = request.url === '/jwks';
    if (isKeys) fetched += 1;
    const body = isKeys
      ? { keys: keys.map(({ kid, publicJwk }) => ({ ...publicJwk, kid, alg: 'RS256', use: 'sig' })) }
      : { issuer: url, jwks_uri: `${url}/jwks` };
    response.writeHead(failing ? 500 : 200, { 'content-type': 'application/json' });
    response.end(failing ? '{}' : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  t.teardown(() => server.close());

  async function rotate(forget = false): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    made += 1;
    keys = [{ kid: `key-${made}`, publicJwk: await exportJWK(publicKey), privateKey }, ...(forget ? [] : keys)];
  }
  await rotate();
  return {
    url,
    rotate,
    fetches: () => fetched,
    fail(now) {
      failing = now;
    },
    token(claims, header = {}) {
      const [newest] = keys;
      if (newest === undefined) throw new Error('There is no key');
      return new SignJWT({ iss: url, aud: 'gateway', sub: 'someone', ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: newest.kid, ...header })
        .setExpirationTime(claims.exp ?? '1h')
        .sign(newest.privateKey);
    },
  };
}
