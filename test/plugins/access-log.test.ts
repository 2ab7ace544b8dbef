import t from 'tap';
import { createApiKey } from '../../src/auth/api-key.ts';
import { GatewayError } from '../../src/errors.ts';
import { doorGateway } from './gateway.ts';

const { key, stored } = createApiKey();
const clients = { acme: { keys: [stored], scopes: ['predict', 'admin:read', 'admin:write'], models: ['bank'] } };
const headers = { 'x-api-key': key, 'content-type': 'text/csv' };

t.test('a request has one line, with neither key, query nor body', async (t) => {
  const { app, log } = await doorGateway(t, { clients });
  await app.inject({ method: 'POST', url: '/predict/bank?token=geheim', headers, payload: '12345,67890' });
  t.match(log, [
    {
      level: 30,
      requestId: String,
      client: 'acme',
      address: '127.0.0.1',
      method: 'POST',
      route: '/predict/:model',
      model: 'bank',
      status: 200,
      bytesIn: 11,
      bytesOut: Number,
      durationMs: Number,
      gatewayMs: Number,
      sagemakerMs: Number,
      sagemakerRequestId: 'of-sagemaker',
      msg: 'request',
    },
  ]);
  t.equal(log.length, 1);
  t.notMatch(JSON.stringify(log), /geheim|12345|sgw_/);
});

t.test('a refusal says why, on the same one line', async (t) => {
  const { app, log } = await doorGateway(t, { clients });
  const cases = [
    { url: '/predict', headers: { 'content-type': 'text/csv' }, code: 'unauthenticated', status: 401 },
    { url: '/predict/secret', headers, code: 'forbidden', status: 403 },
    { url: '/predict/nosuch', headers, code: 'upstream_unavailable', status: 503 },
    { url: '/nowhere', headers, code: 'not_found', status: 404 },
    { url: '/endpoints/bank/nothing', headers, status: 404 },
  ];
  for (const { url, headers, code, status } of cases) {
    await app.inject({ method: 'POST', url, headers, payload: 'hidden' });
    const lines = log.splice(0);
    t.match(lines, [{ status, ...(code === undefined ? {} : { code }) }], url);
    t.equal(lines.length, 1, url);
    t.notMatch(JSON.stringify(lines), /hidden/);
  }
});

t.test('a failure has its cause, and the id by which AWS finds it', async (t) => {
  const { app, log } = await doorGateway(t, { clients }, async () => {
    throw new GatewayError('upstream_unavailable', 'SageMaker failed.', { cause: { requestId: 'failed-there' } });
  });
  await app.inject({ method: 'POST', url: '/predict', headers, payload: '1' });
  t.match(log, [{ level: 40, status: 503, code: 'upstream_unavailable', sagemakerRequestId: 'failed-there', err: {} }]);
});

t.test('fields are chosen; without it only what failed has a line', async (t) => {
  const few = await doorGateway(t, { clients, accessLogFields: ['client', 'userAgent'] });
  await few.app.inject({ method: 'POST', url: '/predict', headers: { ...headers, 'user-agent': 'me' }, payload: '1' });
  t.match(few.log, [{ client: 'acme', userAgent: 'me' }]);
  t.notOk(few.log.some((line) => 'address' in line || 'status' in line));

  const quiet = await doorGateway(t, { clients, accessLog: false });
  await quiet.app.inject({ method: 'POST', url: '/predict', headers, payload: '1' });
  t.strictSame(quiet.log, []);
  await quiet.app.inject({ method: 'POST', url: '/predict' });
  t.match(quiet.log, [{ code: 'unauthenticated' }]);
});

t.test('changes are audited: who, what, from where, and what came of it; reading is not', async (t) => {
  const { app, log } = await doorGateway(t, { clients, accessLog: false });
  const audits = () => log.splice(0).filter(({ msg }) => msg === 'audit');
  await app.inject({ url: '/admin/deployments', headers: { 'x-api-key': key } });
  t.strictSame(audits(), []);
  await app.inject({ method: 'DELETE', url: '/admin/deployments/mine?x=1', headers: { 'x-api-key': key } });
  t.match(audits(), [
    {
      requestId: String,
      audit: {
        who: 'acme',
        what: 'deleteDeployment',
        resource: '/admin/deployments/mine',
        from: '127.0.0.1',
        result: 'refused',
        code: String,
      },
    },
  ]);
  await app.inject({ method: 'DELETE', url: '/admin/deployments/mine' });
  t.match(audits(), [{ audit: { who: 'anybody', status: 401, code: 'unauthenticated' } }]);
});
