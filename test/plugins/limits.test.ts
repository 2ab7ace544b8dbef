import t from 'tap';
import { createApiKey } from '../../src/auth/api-key.ts';
import { ConfigError, loadConfig } from '../../src/config/load.ts';
import { limitsOf } from '../../src/limits/limit.ts';
import { LocalLedger } from '../../src/limits/local-ledger.ts';
import { windowOf } from '../../src/limits/period.ts';
import { doorGateway } from './gateway.ts';

const acme = createApiKey();
const beta = createApiKey();
const operator = createApiKey();
const plans = {
  small: { rate: { perSecond: 0.5, burst: 2 }, quotas: { day: 100 } },
  daily: { quotas: { day: 3, month: 100 }, models: { bank: { quotas: { day: 2 } } } },
};
const clientsWith = (plan: string) => ({
  acme: { keys: [acme.stored], scopes: ['predict'], plan },
  beta: { keys: [beta.stored], scopes: ['predict'], plan },
  operator: { keys: [operator.stored], scopes: ['admin:read'] },
});
const predict = (key: string, url = '/predict') => ({
  method: 'POST' as const,
  url,
  headers: { 'x-api-key': key, 'content-type': 'text/csv' },
  payload: '1',
});

t.test('a bucket gives its burst at once and its rate after', async (t) => {
  let now = 1_000_000;
  const ledger = new LocalLedger(() => now);
  const limits = limitsOf({ rate: { perSecond: 10, burst: 5 } }, 'x');
  const taken = () => ledger.take(limits).refusedBy === -1;
  t.strictSame(Array.from({ length: 7 }, taken), [true, true, true, true, true, false, false]);
  t.equal(ledger.take(limits).waitMs, 100);
  now += 100;
  t.strictSame([taken(), taken()], [true, false]);
  let passed = 0;
  for (let ms = 0; ms < 60_000; ms += 7) {
    now += 7;
    if (taken()) passed += 1;
  }
  t.ok(Math.abs(passed - 600) <= 1, `${passed} of 600 in a minute`);
});

t.test('a quota is a calendar period’s, UTC', async (t) => {
  const at = (text: string) => Date.parse(text);
  t.strictSame(windowOf('day', at('2026-11-23T17:00:00Z')), {
    start: at('2026-11-23T00:00:00Z'),
    end: at('2026-11-24T00:00:00Z'),
  });
  for (const day of ['2026-11-23T00:00:00Z', '2026-11-29T23:59:59Z'])
    t.equal(windowOf('week', at(day)).start, at('2026-11-23T00:00:00Z'));
  t.strictSame(windowOf('month', at('2028-02-29T12:00:00Z')), {
    start: at('2028-02-01T00:00:00Z'),
    end: at('2028-03-01T00:00:00Z'),
  });

  let now = at('2026-11-30T23:59:59Z');
  const ledger = new LocalLedger(() => now);
  const limits = limitsOf({ quotas: { day: 2, month: 3 } }, 'x');
  const refusals = () => ledger.take(limits).refusedBy;
  t.strictSame([refusals(), refusals(), refusals()], [-1, -1, 0]);
  t.strictSame(
    ledger.quotaUse().map(({ key, used }) => [key, used]),
    [
      ['x:day', 2],
      ['x:month', 2],
    ],
  );
  now += 2_000;
  t.equal(ledger.take(limits).refusedBy, -1, 'a new month, and a new day');
  t.strictSame(
    ledger.balances(limits).map(({ remaining }) => remaining),
    [1, 2],
  );
});

t.test('who is over the rate is told which, and when to come back; others go on', async (t) => {
  const { app, log } = await doorGateway(t, { clients: clientsWith('small'), plans });
  const first = await app.inject(predict(acme.key));
  t.equal(first.statusCode, 200);
  t.equal(first.headers['ratelimit-policy'], '"rate";q=2;w=4, "day";q=100;w=86400');
  t.match(first.headers.ratelimit, /^"rate";r=1;t=2, "day";r=99;t=\d+$/);
  t.equal((await app.inject(predict(acme.key))).statusCode, 200);
  const refused = await app.inject(predict(acme.key));
  t.match(refused.json(), { status: 429, code: 'rate_limited', limit: 'rate' });
  t.match(refused.headers, { 'retry-after': '2', ratelimit: /"rate";r=0;t=4/ });
  t.match(log.at(-1), { client: 'acme', code: 'rate_limited' });
  t.equal((await app.inject(predict(beta.key))).statusCode, 200);
  const metrics = await app.inject({ url: '/metrics' });
  t.match(metrics.body, 'gateway_limited_total{limit="rate"} 1');
});

t.test('quotas, also of one model, and what is left of them', async (t) => {
  const models = { bank: { endpoint: 'bank-endpoint' }, secret: { endpoint: 'secret' } };
  const { app } = await doorGateway(t, { clients: clientsWith('daily'), plans, models });
  for (let i = 0; i < 2; i += 1) t.equal((await app.inject(predict(acme.key))).statusCode, 200);
  t.match((await app.inject(predict(acme.key))).json(), { code: 'quota_exceeded', limit: 'bank-day' });
  t.match((await app.inject(predict(acme.key, '/predict/bank'))).json(), { limit: 'bank-day' });
  const wire = await app.inject(predict(acme.key, '/endpoints/bank-endpoint/invocations'));
  t.equal(wire.statusCode, 400);
  t.equal(wire.headers['x-amzn-errortype'], 'ThrottlingException', 'its other name does not get round it');
  t.equal((await app.inject(predict(acme.key, '/predict/secret'))).statusCode, 200, 'what was refused cost nothing');
  t.match((await app.inject(predict(acme.key, '/predict/secret'))).json(), { code: 'quota_exceeded', limit: 'day' });

  const own = await app.inject({ url: '/usage', headers: { 'x-api-key': acme.key } });
  t.match(own.json(), {
    client: 'acme',
    plan: 'daily',
    limits: [
      { name: 'day', limit: 3, used: 3, remaining: 0, resetSeconds: Number },
      { name: 'month', limit: 100, used: 3, remaining: 97 },
      { name: 'bank-day', limit: 2, used: 2, remaining: 0 },
    ],
  });
  t.notOk('ratelimit' in own.headers, 'looking is free');
  const all = await app.inject({ url: '/admin/usage', headers: { 'x-api-key': operator.key } });
  t.match(all.json(), { countedIn: 'memory', items: [{ client: 'acme' }, { client: 'beta' }, { client: 'operator' }] });
  t.equal((await app.inject({ url: '/admin/usage', headers: { 'x-api-key': acme.key } })).statusCode, 403);
});

t.test('a model has a limit of its own for all clients together', async (t) => {
  const limits = { models: { bank: { quotas: { day: 3 } } } };
  const { app } = await doorGateway(t, { clients: clientsWith('small'), plans: { small: {} }, limits });
  const codes = [];
  for (const key of [acme.key, beta.key, acme.key, beta.key]) codes.push((await app.inject(predict(key))).statusCode);
  t.strictSame(codes, [200, 200, 200, 429]);
  t.equal((await app.inject(predict(beta.key, '/predict/secret'))).statusCode, 200);
});

t.test('plans change without a restart; one that does not exist is a fault', async (t) => {
  const { app } = await doorGateway(t, { clients: clientsWith('daily'), plans });
  for (let i = 0; i < 3; i += 1) await app.inject(predict(acme.key));
  t.equal((await app.inject(predict(acme.key))).statusCode, 429);
  const models = { bank: { endpoint: 'bank' } };
  const wider = { models, clients: clientsWith('daily'), plans: { daily: { quotas: { day: 4 } } } };
  app.configure(loadConfig({ GATEWAY_MODE: 'aws' }, JSON.stringify(wider)));
  const next = await app.inject(predict(acme.key, '/predict/bank'));
  t.equal(next.statusCode, 200);
  t.match(next.headers.ratelimit, /^"day";r=1;/, 'what was used stays used');
  t.throws(() => loadConfig({}, JSON.stringify({ clients: clientsWith('golden') })), ConfigError);
});

t.test('strangers are limited by address, and say in vain that they are another', async (t) => {
  const settings = { clients: clientsWith('small'), plans, limits: { perAddress: { requests: 3, seconds: 60 } } };
  const { app } = await doorGateway(t, settings);
  const stranger = (forwarded: string) =>
    app.inject({ method: 'POST', url: '/predict', headers: { 'x-forwarded-for': forwarded, 'x-api-key': 'x' } });
  const codes = [];
  for (let i = 0; i < 5; i += 1) codes.push((await stranger(`10.0.0.${i}`)).statusCode);
  t.strictSame(codes, [401, 401, 401, 429, 429]);
  const refused = await stranger('10.0.0.9');
  t.match(refused.json(), { code: 'rate_limited', limit: 'address' });
  t.match(refused.headers['retry-after'], /^\d+$/);
  t.equal((await app.inject({ url: '/nowhere' })).statusCode, 429);
  t.equal((await app.inject({ url: '/healthz' })).statusCode, 200);
  t.equal((await app.inject(predict(acme.key))).statusCode, 200, 'a known client is not locked out');
});

t.test('behind proxies that are trusted the address is the client’s', async (t) => {
  const limits = { perAddress: { requests: 1, seconds: 60 } };
  const codes = async (trustProxy: string, forwarded: string[]) => {
    const { app } = await doorGateway(t, { trustProxy, limits, clients: clientsWith('small'), plans });
    const all = [];
    for (const chain of forwarded) {
      const headers = { 'x-forwarded-for': chain };
      all.push((await app.inject({ method: 'POST', url: '/predict', headers })).statusCode);
    }
    return all;
  };
  t.strictSame(await codes('1', ['1.1.1.1', '2.2.2.2', '2.2.2.2']), [401, 401, 429]);
  t.strictSame(await codes('1', ['8.8.8.8, 1.1.1.1', '9.9.9.9, 1.1.1.1']), [401, 429], 'what the client wrote itself');
  t.strictSame(await codes('127.0.0.0/8', ['1.1.1.1', '2.2.2.2']), [401, 401]);
  t.strictSame(await codes('10.0.0.0/8', ['1.1.1.1', '2.2.2.2']), [401, 429]);
});
