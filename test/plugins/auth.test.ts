import { SignatureV4 } from '@smithy/signature-v4';
import { pino } from 'pino';
import t from 'tap';
import { buildApp } from '../../src/app.ts';
import { ApiKeys, createApiKey } from '../../src/auth/api-key.ts';
import { ConfigError, loadConfig } from '../../src/config/load.ts';
import { createAws } from '../../src/sagemaker/aws.ts';
import type { Invoker } from '../../src/sagemaker/invoke.ts';
import { startIssuer } from '../auth/issuer.ts';
import { Sha256 } from '../sagemaker/sha256.ts';

const issuer = await startIssuer(t);
process.env.AUTH_TEST_SECRET = 'a-secret-of-more-than-thirty-two-characters';
t.teardown(() => delete process.env.AUTH_TEST_SECRET);
const predictor = createApiKey();
const successor = createApiKey();
const caller = createApiKey();
const reader = createApiKey();
const writer = createApiKey();
const stranger = createApiKey();

const config = loadConfig(
  { GATEWAY_MODE: 'aws' },
  JSON.stringify({
    models: { bank: { endpoint: 'bank' }, secret: { endpoint: 'secret' } },
    defaultModel: 'bank',
    // The table has more strangers than one address may be.
    limits: { perAddress: { requests: 100_000, seconds: 60 } },
    clients: {
      predictor: { keys: [predictor.stored, successor.stored], scopes: ['predict'], models: ['bank'] },
      caller: { keys: [caller.stored], scopes: ['predict'] },
      reader: { keys: [reader.stored], scopes: ['admin:read'] },
      writer: { keys: [writer.stored], scopes: ['admin:read', 'admin:write'] },
      signer: { accessKeys: [{ id: 'SGWEXAMPLEACCESSKEY1', secretEnv: 'AUTH_TEST_SECRET' }], scopes: ['predict'] },
    },
    issuers: { idp: { issuer: issuer.url, audience: ['gateway'], groups: { operators: { scopes: ['admin:read'] } } } },
  }),
);

const invoker: Invoker = {
  invoke: async () => ({ contentType: 'text/csv', body: Buffer.from('0.5\n'), headers: {} }),
  close: async () => {},
};
// Nothing listens there: a request that passes the door fails behind it, with another status than 401 or 403.
const aws = createAws(config, {
  endpoint: 'http://127.0.0.1:9',
  region: 'us-east-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
});
const routes: { method: string; url: string }[] = [];
const app = await buildApp(config, { aws, invoker, logger: pino({ level: 'silent' }) });
await app.ready();
for (const [url, methods] of Object.entries(app.swagger().paths ?? {})) {
  for (const method of Object.keys(methods ?? {})) routes.push({ method: method.toUpperCase(), url });
}
t.teardown(async () => {
  await app.close();
  aws.close();
});

const open = ['/healthz', '/readyz', '/metrics'];

/** The scope that a route needs, told from its place alone; a route in a new place must be given one here. */
function scopeOf(method: string, url: string): string | undefined {
  if (open.includes(url)) return undefined;
  if (url.startsWith('/admin/')) return method === 'GET' ? 'admin:read' : 'admin:write';
  if (/^\/(predict|predictions|models|endpoints|v2|usage)(\/|$)/.test(url)) return 'predict';
  throw new Error(`${method} ${url} has no place in the table`);
}

interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** Headers with a signature over the whole request. */
const signed =
  (secretAccessKey: string) =>
  async ({ method, url, body }: Outgoing): Promise<Record<string, string>> => {
    const signer = new SignatureV4({
      service: 'sagemaker',
      region: 'eu-west-1',
      credentials: { accessKeyId: 'SGWEXAMPLEACCESSKEY1', secretAccessKey },
      sha256: Sha256,
    });
    const headers = { host: 'gateway', 'content-type': 'application/json' };
    return (await signer.sign({ method, protocol: 'http:', hostname: 'gateway', path: url, headers, body })).headers;
  };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const identities: {
  name: string;
  headers: Record<string, string> | ReturnType<typeof signed>;
  scopes: string[];
  known: boolean;
}[] = [
  { name: 'a token', headers: bearer(await issuer.token({ scope: 'predict' })), scopes: ['predict'], known: true },
  {
    name: 'a token’s group',
    headers: bearer(await issuer.token({ groups: ['operators'] })),
    scopes: ['admin:read'],
    known: true,
  },
  { name: 'a token for nothing', headers: bearer(await issuer.token({})), scopes: [], known: true },
  {
    name: 'an expired token',
    headers: bearer(await issuer.token({ scope: 'predict', exp: 1 })),
    scopes: [],
    known: false,
  },
  {
    name: 'a signer',
    headers: signed('a-secret-of-more-than-thirty-two-characters'),
    scopes: ['predict'],
    known: true,
  },
  { name: 'a forger', headers: signed('x'.repeat(40)), scopes: [], known: false },
  { name: 'nobody', headers: {}, scopes: [], known: false },
  { name: 'a stranger', headers: { 'x-api-key': stranger.key }, scopes: [], known: false },
  { name: 'nonsense', headers: { authorization: 'Bearer sgw_' }, scopes: [], known: false },
  { name: 'predictor', headers: { 'x-api-key': predictor.key }, scopes: ['predict'], known: true },
  {
    name: 'predictor, next key',
    headers: { authorization: `Bearer ${successor.key}` },
    scopes: ['predict'],
    known: true,
  },
  { name: 'caller', headers: { 'x-api-key': caller.key }, scopes: ['predict'], known: true },
  {
    name: 'caller, by an AWS SDK',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${caller.key}/20261123/eu-west-1/sagemaker/aws4_request, SignedHeaders=host, Signature=0`,
    },
    scopes: ['predict'],
    known: true,
  },
  { name: 'reader', headers: { 'x-api-key': reader.key }, scopes: ['admin:read'], known: true },
  { name: 'writer', headers: { 'x-api-key': writer.key }, scopes: ['admin:read', 'admin:write'], known: true },
];

for (const { method, url } of routes) {
  t.test(`${method} ${url}`, async (t) => {
    const scope = scopeOf(method, url);
    // AWS says 403 to strangers too; and a client that is held to some models may not name SageMaker's own endpoints.
    const wire = url.startsWith('/endpoints/');
    for (const { name, headers, scopes, known } of identities) {
      const sent = { method, url: url.replaceAll(/\{\w+\}/g, 'bank'), body: method === 'GET' ? '' : '{}' };
      const { statusCode } = await app.inject({
        method: method as 'GET',
        url: sent.url,
        headers: {
          'content-type': 'application/json',
          ...(typeof headers === 'function' ? await headers(sent) : headers),
        },
        ...(method === 'GET' ? {} : { payload: sent.body }),
      });
      if (scope === undefined || (scopes.includes(scope) && !(wire && name.startsWith('predictor'))))
        t.notOk([401, 403].includes(statusCode), `${name} may: ${statusCode}`);
      else t.equal(statusCode, known || wire ? 403 : 401, `${name} may not`);
    }
  });
}

t.test('a client calls its models and no others', async (t) => {
  const post = (url: string) =>
    app.inject({ method: 'POST', url, headers: { 'x-api-key': predictor.key }, payload: { data: '1' } });
  t.equal((await post('/predict')).statusCode, 200);
  t.equal((await post('/predict/bank')).statusCode, 200);
  t.match((await post('/predict/secret')).json(), { status: 403, code: 'forbidden' });
});

t.test('what is refused says how to come in, and shows no key', async (t) => {
  const { headers, body } = await app.inject({ method: 'GET', url: '/models', headers: { 'x-api-key': stranger.key } });
  t.equal(headers['www-authenticate'], 'Bearer realm="sagemaker-gateway"');
  t.match(JSON.parse(body), { code: 'unauthenticated', status: 401 });
  t.notMatch(body, stranger.key.slice(-20));
});

t.test('keys change without a restart', async (t) => {
  const next = createApiKey();
  const clients = {
    ...config.clients,
    reader: { keys: [next.stored], scopes: ['admin:read' as const, 'predict' as const] },
  };
  const models = (key: string) => app.inject({ method: 'GET', url: '/models/bank', headers: { 'x-api-key': key } });
  t.equal((await models(next.key)).statusCode, 401);
  app.configure({ ...config, clients });
  t.equal((await models(next.key)).statusCode, 200);
  t.equal((await models(reader.key)).statusCode, 401);
  app.configure(config);
});

t.test('a key is compared whole', async (t) => {
  const { key, stored } = createApiKey();
  const keys = new ApiKeys([[stored, 'me']]);
  t.equal(keys.ownerOf(key), 'me');
  for (const wrong of [key.slice(0, -1), `${key.slice(0, -1)}x`, key.toUpperCase(), '', stored])
    t.equal(keys.ownerOf(wrong), undefined, wrong);
  t.notMatch(stored, key.split('_')[2] as string, 'the secret is not in the configuration');
});

t.test('beyond this machine nobody gets in by oversight', async (t) => {
  t.throws(() => loadConfig({ GATEWAY_MODE: 'aws', HOST: '0.0.0.0' }), ConfigError);
  t.equal(loadConfig({ HOST: '0.0.0.0', AUTH: 'none' }).auth, 'none');
  t.equal(loadConfig({ HOST: '127.0.0.2' }).auth, undefined);
  t.ok(loadConfig({ HOST: '::' }, `clients:\n  a: { keys: ['${stranger.stored}'], scopes: [predict] }\n`));
});
