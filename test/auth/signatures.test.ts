import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SignatureV4 } from '@smithy/signature-v4';
import t, { type Test } from 'tap';
import { createApiKey } from '../../src/auth/api-key.ts';
import { ConfigError } from '../../src/config/load.ts';
import { doorGateway } from '../plugins/gateway.ts';
import { Sha256 } from '../sagemaker/sha256.ts';

const id = 'SGWEXAMPLEACCESSKEY1';
const secret = 'a-secret-of-more-than-thirty-two-characters';
const apiKey = createApiKey();

const clients = (t: Test) => {
  const secretFile = join(t.testdir(), 'secret');
  writeFileSync(secretFile, `${secret}\n`);
  return {
    sdk: { accessKeys: [{ id, secretFile }], scopes: ['predict'], models: ['bank'], plan: 'small' },
    other: { keys: [apiKey.stored], scopes: ['predict'] },
  };
};
const plans = { small: { quotas: { day: 1000 } } };
const settings = (t: Test) => ({ clients: clients(t), plans });

interface Change {
  /** What is done to the signed request on its way. */
  readonly headers?: Record<string, string | undefined>;
  readonly body?: string;
  readonly url?: string;
}

interface Signing {
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly at?: Date;
  readonly service?: string;
  readonly unsigned?: string[];
  readonly headers?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly path?: string;
  readonly hash?: boolean;
}

/** A request signed by AWS's own signer, as `inject` takes it. */
async function signed(signing: Signing = {}, change: Change = {}) {
  const { accessKeyId = id, secretAccessKey = secret, at = new Date(), service = 'sagemaker' } = signing;
  const { path = '/predict/bank', query = {}, hash = true, unsigned = [] } = signing;
  const signer = new SignatureV4({
    service,
    region: 'eu-west-1',
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
    applyChecksum: hash,
  });
  const request = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname: 'gateway',
      path,
      query,
      headers: { host: 'gateway', 'content-type': 'text/csv', ...signing.headers },
      body: '1,2,3',
    },
    { signingDate: at, unsignableHeaders: new Set(unsigned) },
  );
  const search = new URLSearchParams(query).toString().replaceAll('+', '%20');
  const headers = Object.entries({ ...request.headers, ...change.headers }).filter(([, value]) => value !== undefined);
  return {
    method: 'POST' as const,
    url: change.url ?? `${path}${search ? `?${search}` : ''}`,
    headers: Object.fromEntries(headers) as Record<string, string>,
    payload: change.body ?? '1,2,3',
  };
}

t.test('what AWS’s signer signs is known, with and without a hash of the body among the headers', async (t) => {
  const { app, log } = await doorGateway(t, settings(t));
  for (const signing of [
    {},
    { hash: false },
    { query: { b: '2 x', a: "1'", 'a-b': '', A: 'ü' } },
    { headers: { 'x-custom': '  much   space ' } },
    { at: new Date(Date.now() - 290_000) },
  ]) {
    const answer = await app.inject(await signed(signing));
    t.equal(answer.statusCode, 200, JSON.stringify(signing));
    t.match(answer.headers.ratelimit, /"day";r=\d+/, 'its plan counts');
  }
  t.match(log.at(-1), { client: 'sdk' });
  t.equal((await app.inject(await signed({ path: '/predict/secret' }))).statusCode, 403);
});

t.test('what was changed, is old or is not signed enough is refused', async (t) => {
  const { app } = await doorGateway(t, settings(t));
  const forged = createHash('sha256').update('4,5,6').digest('hex');
  const cases: Record<string, Parameters<typeof signed>> = {
    'another body': [{}, { body: '4,5,6' }],
    'another body and its hash': [{}, { body: '4,5,6', headers: { 'x-amz-content-sha256': forged } }],
    'another body, hash not sent': [{ hash: false }, { body: '4,5,6' }],
    'another path': [{}, { url: '/predict' }],
    'a query on top': [{}, { url: '/predict/bank?x=1' }],
    'another host': [{}, { headers: { host: 'elsewhere' } }],
    'another type': [{}, { headers: { 'content-type': 'application/json' } }],
    'a signed header removed': [{}, { headers: { 'content-type': undefined } }],
    'another date': [{}, { headers: { 'x-amz-date': '20260101T000000Z' } }],
    'a header of AWS on top': [{}, { headers: { 'x-amz-target': 'x' } }],
    'the host not signed': [{ unsigned: ['host'] }],
    'six minutes old': [{ at: new Date(Date.now() - 360_000) }],
    'six minutes ahead': [{ at: new Date(Date.now() + 360_000) }],
    'for another service': [{ service: 's3' }],
    'with another secret': [{ secretAccessKey: 'x'.repeat(40) }],
    'with a key that nobody has': [{ accessKeyId: 'SGWEXAMPLEACCESSKEY2' }],
    'with a key that nobody has, hash not sent': [{ accessKeyId: 'SGWEXAMPLEACCESSKEY2', hash: false }],
    'a payload that is not signed, without TLS': [{ headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }],
  };
  for (const [name, given] of Object.entries(cases)) {
    const answer = await app.inject(await signed(...given));
    t.match(answer.json(), { status: 401, code: 'unauthenticated' }, name);
  }
  const { authorization = '' } = (await signed()).headers;
  for (const broken of [
    authorization.slice(0, -1),
    `${authorization} `,
    authorization.replace('host;', ''),
    'AWS4-HMAC-SHA256',
  ])
    t.equal((await app.inject(await signed({}, { headers: { authorization: broken } }))).statusCode, 401, broken);
});

t.test('behind a proxy that ends TLS the payload need not be signed', async (t) => {
  const { app } = await doorGateway(t, { ...settings(t), trustProxy: '1' });
  const unsigned = { headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } };
  t.equal((await app.inject(await signed(unsigned, { headers: { 'x-forwarded-proto': 'https' } }))).statusCode, 200);
  t.equal((await app.inject(await signed(unsigned))).statusCode, 401);
});

t.test('nobody can use up the plan of another, or have a huge body kept, without a signature', async (t) => {
  const { app } = await doorGateway(t, { ...settings(t), bodyLimit: 2_000 });
  for (let i = 0; i < 3; i += 1) await app.inject(await signed({ secretAccessKey: 'x'.repeat(40), hash: false }));
  t.match((await app.inject(await signed())).headers.ratelimit, /"day";r=999;/);
  t.equal((await app.inject(await signed({ hash: false }, { body: 'x'.repeat(3_000) }))).statusCode, 413);
});

t.test('the AWS SDK for JavaScript calls and is known, with the gateway as its endpoint', async (t) => {
  const secretFile = join(t.testdir(), 'secret');
  writeFileSync(secretFile, secret);
  const all = { sdk: { accessKeys: [{ id, secretFile }], scopes: ['predict'] } };
  const { app, log } = await doorGateway(t, { clients: all });
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  const call = async (secretAccessKey: string) => {
    const client = new SageMakerRuntimeClient({
      endpoint,
      region: 'eu-west-1',
      maxAttempts: 1,
      credentials: { accessKeyId: id, secretAccessKey },
    });
    const sent = client.send(new InvokeEndpointCommand({ EndpointName: 'bank', Body: '1', ContentType: 'text/csv' }));
    const error = await sent.then(
      () => undefined,
      (refusal: Error) => refusal,
    );
    client.destroy();
    return error?.name;
  };
  // Behind the door there is no SageMaker.
  t.equal(await call(secret), 'ServiceUnavailable');
  t.match(
    log.findLast(({ msg }) => msg !== undefined && 'client' in (log.at(-1) ?? {})),
    { client: 'sdk' },
  );
  t.equal(await call('x'.repeat(40)), 'AccessDeniedException');
});

t.test('a secret that is not there stops the start, and leaves a running gateway as it was', async (t) => {
  const missing = { sdk: { accessKeys: [{ id, secretEnv: 'NO_SUCH_SECRET' }], scopes: ['predict'] } };
  await t.rejects(doorGateway(t, { clients: missing }), ConfigError);
  const short = { sdk: { accessKeys: [{ id, secretEnv: 'A', secretFile: 'b' }], scopes: ['predict'] } };
  await t.rejects(doorGateway(t, { clients: short }), ConfigError);
});
