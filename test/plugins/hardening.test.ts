import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, type DetailedPeerCertificate } from 'node:tls';
import t from 'tap';
import { Agent, request } from 'undici';
import { createApiKey } from '../../src/auth/api-key.ts';
import { doorGateway } from './gateway.ts';

const { key, stored } = createApiKey();
const clients = { acme: { keys: [stored], scopes: ['predict', 'admin:read', 'admin:write'] } };

async function listen(app: Awaited<ReturnType<typeof doorGateway>>['app']): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
}

/** Sends bytes as they are; all that came back until the gateway closed. */
async function raw(port: number, ...parts: (string | number)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const answer = text(socket).catch(() => 'broken off');
  for (const part of parts) {
    if (typeof part === 'number') await sleep(part);
    else if (socket.writable) socket.write(part);
  }
  return answer;
}

t.test('pages that are named may call, and no others', async (t) => {
  const preflight = {
    method: 'OPTIONS' as const,
    url: '/predict',
    headers: {
      origin: 'https://app.example.com',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-api-key,content-type',
    },
  };
  const none = await doorGateway(t, { clients });
  const refused = await none.app.inject(preflight);
  t.equal(refused.statusCode, 405);
  t.notOk('access-control-allow-origin' in refused.headers);

  const { app } = await doorGateway(t, { clients, server: { cors: { origins: ['https://app.example.com'] } } });
  const asked = await app.inject(preflight);
  t.equal(asked.statusCode, 204);
  t.match(asked.headers, {
    'access-control-allow-origin': 'https://app.example.com',
    'access-control-allow-headers': /x-api-key/,
    'access-control-max-age': '600',
  });
  const from = async (origin: string) =>
    (await app.inject({ method: 'POST', url: '/predict', headers: { origin, 'x-api-key': 'wrong' } })).headers;
  t.match(await from('https://app.example.com'), {
    'access-control-allow-origin': 'https://app.example.com',
    'access-control-expose-headers': /ratelimit/,
  });
  t.notOk('access-control-allow-origin' in (await from('https://evil.example.com')));
});

t.test('browsers are told to sniff nothing, and on pages more', async (t) => {
  const { app } = await doorGateway(t, { clients });
  t.match((await app.inject({ url: '/healthz' })).headers, { 'x-content-type-options': 'nosniff' });
  t.match((await app.inject({ url: '/docs/static/index.html' })).headers, {
    'x-frame-options': 'SAMEORIGIN',
    'referrer-policy': 'no-referrer',
  });
});

t.test('what comes too slowly, or is too long, ends', { timeout: 60_000 }, async (t) => {
  const server = { headersTimeoutMs: 1_000, requestTimeoutMs: 2_000, maxHeaderBytes: 2_048, keepAliveMs: 400 };
  const { app } = await doorGateway(t, { clients, server });
  const port = await listen(app);
  const head = `POST /predict HTTP/1.1\r\nhost: x\r\nx-api-key: ${key}\r\ncontent-type: text/csv\r\n`;
  t.match(await raw(port, 'GET /healthz HTTP/1.1\r\nhost: x\r\n', 100, 'a: b\r\n'), /^HTTP\/1.1 408 /, 'headers');
  t.match(await raw(port, `${head}content-length: 10\r\n\r\n1`, 100, ','), /^HTTP\/1.1 408 /, 'a body');
  t.match(await raw(port, `${head}x-long: ${'x'.repeat(3_000)}\r\n\r\n`), /^HTTP\/1.1 431 /, 'headers');
  t.match(await raw(port, `GET /${'x'.repeat(3_000)} HTTP/1.1\r\nhost: x\r\n\r\n`), /^HTTP\/1.1 431 /, 'a URL');
  const idle = performance.now();
  t.match(await raw(port, 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n'), /^HTTP\/1.1 200 /);
  t.ok(performance.now() - idle < 30_000, 'an idle connection is closed');
  t.equal((await request(`http://127.0.0.1:${port}/healthz`)).statusCode, 200, 'it still serves');
});

t.test('no more connections than it may have, and they outlive a load balancer’s', async (t) => {
  const { app } = await doorGateway(t, { clients, server: { maxConnections: 2 } });
  const port = await listen(app);
  t.ok(app.server.keepAliveTimeout > 60_000);
  const held = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  t.notMatch(await raw(port, 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n'), /HTTP/);
  for (const socket of held) socket.destroy();
});

t.test('requests that two servers could read differently are refused, and the connection ends', async (t) => {
  const { app, log } = await doorGateway(t, { clients, server: { keepAliveMs: 200 } });
  const port = await listen(app);
  const smuggled = `GET /admin/usage HTTP/1.1\r\nhost: x\r\nx-api-key: ${key}\r\n\r\n`;
  const head = 'POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\n';
  const shapes: Record<string, string> = {
    'both lengths': `${head}content-length: 6\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    'two lengths': `${head}content-length: 1\r\ncontent-length: 200\r\n\r\n1${smuggled}`,
    'a length with a sign': `${head}content-length: +1\r\n\r\n1${smuggled}`,
    'a length in a list': `${head}content-length: 1, 1\r\n\r\n1${smuggled}`,
    'another encoding': `${head}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
    'chunked not last': `${head}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
    'a space before the colon': `${head}transfer-encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    'a folded header': `${head}x-a: b\r\n content-length: 0\r\n\r\n${smuggled}`,
    'a bare line feed in a chunk': `${head}transfer-encoding: chunked\r\n\r\n1\n1\r\n0\r\n\r\n${smuggled}`,
    'a chunk size that is none': `${head}transfer-encoding: chunked\r\n\r\n0x1\r\n1\r\n0\r\n\r\n${smuggled}`,
    'a null in a header': `${head}x-a: \0\r\ncontent-length: 0\r\n\r\n${smuggled}`,
    'no host': `POST /predict HTTP/1.1\r\ncontent-length: 0\r\n\r\n${smuggled}`,
  };
  for (const [name, bytes] of Object.entries(shapes)) {
    const answer = await raw(port, bytes);
    t.match(answer, /^HTTP\/1.1 400 /, name);
    t.notMatch(answer, /countedIn/, `${name}: what was hidden in it is not answered`);
  }
  t.notOk(log.some(({ route }) => route === '/admin/usage'));
});

t.test('TLS, with certificates that change and clients that show theirs', async (t) => {
  const dir = t.testdir();
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'ignore' });
  const selfSigned = (name: string, subject: string) => {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`];
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      subject,
      ...files,
    );
  };
  selfSigned('one', '/CN=gateway-one');
  selfSigned('two', '/CN=gateway-two');
  selfSigned('ca', '/CN=clients');
  selfSigned('stranger', '/CN=acme-service');
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=acme-service',
    '-keyout',
    'acme.key',
    '-out',
    'acme.csr',
  );
  openssl(
    'x509',
    '-req',
    '-in',
    'acme.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-out',
    'acme.crt',
  );
  const at = (name: string) => join(dir, name);
  const install = (name: string) => {
    copyFileSync(at(`${name}.key`), at('server.key'));
    copyFileSync(at(`${name}.crt`), at('server.crt'));
  };
  install('one');
  const tls = { certFile: at('server.crt'), keyFile: at('server.key'), clientCaFile: at('ca.crt') };
  const { app, log } = await doorGateway(t, {
    clients: {
      acme: { certificates: ['acme-service'], scopes: ['predict'] },
      other: { keys: [stored], scopes: ['predict'] },
    },
    server: { tls },
  });
  const port = await listen(app);
  const { readFileSync } = await import('node:fs');
  const predict = async (files?: string, headers: Record<string, string> = {}) => {
    const shown = files && { cert: readFileSync(at(`${files}.crt`)), key: readFileSync(at(`${files}.key`)) };
    const dispatcher = new Agent({ connect: { rejectUnauthorized: false, ...shown } });
    const answer = await request(`https://127.0.0.1:${port}/predict`, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'text/csv', ...headers },
      body: '1',
    });
    await answer.body.dump();
    await dispatcher.close();
    return answer.statusCode;
  };
  t.equal(await predict(), 401, 'no certificate');
  t.equal(await predict(undefined, { 'x-api-key': key }), 200, 'a key is as good');
  t.equal(await predict('acme'), 200);
  t.match(log.at(-1), { client: 'acme' });
  t.equal(await predict('stranger'), 401, 'the same name from another CA');

  const served = async (): Promise<string> => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { CN = '' } = (socket.getPeerCertificate() as DetailedPeerCertificate).subject;
    socket.destroy();
    return String(CN);
  };
  t.equal(await served(), 'gateway-one');
  install('two');
  for (let i = 0; i < 400 && (await served()) !== 'gateway-two'; i += 1) await sleep(50);
  t.equal(await served(), 'gateway-two');
  copyFileSync(at('one.key'), at('server.key'));
  for (let i = 0; i < 400 && !log.some(({ msg }) => /faulty/.test(String(msg))); i += 1) await sleep(50);
  t.equal(await served(), 'gateway-two', 'a key that does not fit changes nothing');
});
