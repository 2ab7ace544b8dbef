import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import t from 'tap';
import { doorGateway } from '../plugins/gateway.ts';
import { startIssuer } from './issuer.ts';

const settings = (url: string, more: Record<string, unknown> = {}) => ({
  plans: { small: { quotas: { day: 2 } } },
  issuers: {
    idp: {
      issuer: url,
      audience: ['gateway', 'app-client'],
      scopes: { 'gw/predict': ['predict'], 'gw/admin': ['admin:read', 'admin:write'] },
      groupClaim: 'cognito:groups',
      groups: { analysts: { scopes: ['predict'], models: ['bank'] }, operators: { scopes: ['admin:read'] } },
      ...more,
    },
  },
});

const predict = (token: string, url = '/predict/bank') => ({
  method: 'POST' as const,
  url,
  headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
  payload: '1',
});

t.test('scopes and groups of a token decide what its client may do', async (t) => {
  const issuer = await startIssuer(t);
  const { app, log } = await doorGateway(t, settings(issuer.url));
  const statuses = async (claims: Record<string, unknown>) => {
    const token = await issuer.token(claims);
    const headers = { authorization: `Bearer ${token}` };
    return [
      (await app.inject(predict(token))).statusCode,
      (await app.inject(predict(token, '/predict/secret'))).statusCode,
      (await app.inject({ url: '/admin/usage', headers })).statusCode,
    ];
  };
  t.strictSame(await statuses({ scope: 'openid gw/predict' }), [200, 200, 403]);
  t.match(
    log.find(({ status }) => status === 200),
    { client: 'idp/someone' },
  );
  t.strictSame(await statuses({ scope: ['gw/predict', 'gw/admin'] }), [200, 200, 200]);
  t.strictSame(await statuses({ 'cognito:groups': ['analysts'] }), [200, 403, 403]);
  t.strictSame(await statuses({ 'cognito:groups': ['analysts', 'operators', '__proto__'] }), [200, 403, 200]);
  t.strictSame(await statuses({ scope: 'predict toString' }), [403, 403, 403], 'scopes that the issuer may not grant');
});

t.test('a token that is not good is refused, whatever is wrong with it', async (t) => {
  const issuer = await startIssuer(t);
  const other = await startIssuer(t);
  const { app } = await doorGateway(t, settings(issuer.url));
  const scope = 'gw/predict';
  const now = Math.floor(Date.now() / 1000);
  const good = await issuer.token({ scope });
  const [head = '', body = '', signature = ''] = good.split('.');
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
  const forged = Buffer.from(JSON.stringify({ iss: issuer.url, aud: 'gateway', sub: 'x', scope, exp: now + 999 }));
  const { publicKey } = await generateKeyPair('RS256', { extractable: true });
  const confused = await new SignJWT({ iss: issuer.url, aud: 'gateway', sub: 'x', scope })
    .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
    .setExpirationTime('1h')
    .sign(Buffer.from(await exportSPKI(publicKey)));
  const bad: Record<string, string> = {
    'not signed': none,
    'signed as with a shared secret': confused,
    'another body': `${head}.${forged.toString('base64url')}.${signature}`,
    'of another issuer': await other.token({ scope }),
    'of another issuer that says it is ours': await other.token({ scope, iss: issuer.url }),
    'for another audience': await issuer.token({ scope, aud: 'elsewhere' }),
    'for nobody': await issuer.token({ scope, aud: [] }),
    expired: await issuer.token({ scope, exp: now - 60 }),
    'not valid yet': await issuer.token({ scope, nbf: now + 600 }),
    'with a name that is none': await issuer.token({ scope, sub: 'a\nb' }),
    'no token': 'a.b.c',
    'a huge one': `${head}.${'x'.repeat(9_000)}.${signature}`,
  };
  for (const [name, token] of Object.entries(bad)) {
    const answer = await app.inject(predict(token));
    t.match(answer.json(), { status: 401, code: 'unauthenticated' }, name);
  }
  t.equal((await app.inject(predict(good))).statusCode, 200);
});

t.test('Cognito: access tokens have a client in place of an audience, and a use', async (t) => {
  const issuer = await startIssuer(t);
  const { app } = await doorGateway(t, settings(issuer.url, { tokenUse: 'access', clientClaim: 'client_id' }));
  const claims = { aud: undefined as unknown as string, client_id: 'app-client', scope: 'gw/predict' };
  const status = async (more: Record<string, unknown>) =>
    (await app.inject(predict(await issuer.token({ ...claims, ...more })))).statusCode;
  t.equal(await status({ token_use: 'access' }), 200);
  t.equal(await status({ token_use: 'id' }), 401);
  t.equal(await status({ token_use: 'access', client_id: 'another' }), 401);
});

t.test('keys are fetched once, and again when the issuer has a new one', async (t) => {
  const issuer = await startIssuer(t);
  const { app } = await doorGateway(t, settings(issuer.url));
  const scope = 'gw/predict';
  const first = await issuer.token({ scope });
  for (let i = 0; i < 5; i += 1) t.equal((await app.inject(predict(first))).statusCode, 200);
  t.equal((await app.inject(predict(await issuer.token({ scope, sub: 'another' })))).statusCode, 200);
  t.equal(issuer.fetches(), 1);
  // Not to be asked again and again by tokens that name keys which do not exist.
  for (let i = 0; i < 3; i += 1)
    t.equal((await app.inject(predict(await issuer.token({ scope }, { kid: `made-up-${i}` })))).statusCode, 401);
  t.equal(issuer.fetches(), 1);
  const clock = t.intercept(Date, 'now', {
    value: (
      (now) => () =>
        now() + 11_000
    )(Date.now),
  });
  await issuer.rotate();
  t.equal((await app.inject(predict(await issuer.token({ scope })))).statusCode, 200);
  t.equal(issuer.fetches(), 2);
  clock.restore();
});

t.test('an issuer that cannot be asked is a 503 and no verdict', async (t) => {
  const issuer = await startIssuer(t);
  const { app } = await doorGateway(t, settings(issuer.url));
  const token = await issuer.token({ scope: 'gw/predict' });
  issuer.fail(true);
  t.match((await app.inject(predict(token))).json(), { status: 503, code: 'issuer_unavailable' });
  issuer.fail(false);
  t.equal((await app.inject(predict(token))).statusCode, 200);
});

t.test('each client of an issuer has the plan of the issuer for itself', async (t) => {
  const issuer = await startIssuer(t);
  const { app } = await doorGateway(t, settings(issuer.url, { plan: 'small' }));
  const token = (sub: string) => issuer.token({ scope: 'gw/predict gw/admin', sub });
  const statuses = [];
  for (const sub of ['a', 'a', 'a', 'b']) statuses.push((await app.inject(predict(await token(sub)))).statusCode);
  t.strictSame(statuses, [200, 200, 429, 200]);
  const usage = await app.inject({ url: '/admin/usage', headers: { authorization: `Bearer ${await token('a')}` } });
  t.match(usage.json(), { items: [{ client: 'idp/a', limits: [{ used: 2 }] }, { client: 'idp/b' }] });
});
