import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Script } from '../local/scripted-model.ts';
import { startWithModel } from './deployed.ts';
import { startWithScript } from './scripted.ts';

const gateway = await startWithScript(t, { timeoutMs: 1_000 });
const { url, seen, setFaults, log } = gateway;
t.setTimeout(170_000);
t.afterEach(() => setFaults([]));

const open = (script: Script, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  fetch(`${url}/predict/scripted/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-script', ...headers },
    body: JSON.stringify(script),
    ...(signal && { signal }),
  });

const events = { accept: 'text/event-stream' };

/** What of the body came; `broken` when the connection ended before it. */
async function readAll(response: Response) {
  const pieces: Uint8Array[] = [];
  let broken = false;
  try {
    for await (const piece of response.body ?? []) {
      pieces.push(piece);
    }
  } catch {
    broken = true;
  }
  return { bytes: Buffer.concat(pieces), broken };
}

async function until(condition: () => boolean) {
  for (const end = Date.now() + 5_000; !condition() && Date.now() < end; ) await sleep(10);
}

t.test('bytes come as the model gives them, in its own type', async (t) => {
  const before = seen.pieces;
  const response = await open({ pieces: 3, bytes: 300, pauseMs: 800 });
  t.equal(response.status, 200);
  t.equal(response.headers.get('content-type'), 'application/x-scripted');
  let length = 0;
  for await (const piece of response.body ?? []) {
    if (length === 0) t.ok(seen.pieces - before < 3, 'the first is here before the last is made');
    length += piece.length;
  }
  t.equal(length, 900);
  t.equal((await open({}, { accept: 'image/png' })).headers.get('content-type'), 'image/png');
});

t.test('50 MB go through unchanged', async (t) => {
  const { bytes } = await readAll(await open({ pieces: 800, bytes: 65_536 }));
  t.equal(bytes.length, 800 * 65_536);
  t.ok(bytes.subarray(-256).every((byte, at) => byte === at));
});

t.test('a model that is not read from waits, and is stopped when its reader goes', async (t) => {
  const before = { ...seen };
  const gone = new AbortController();
  const response = await open({ pieces: 4_000, bytes: 65_536 }, {}, gone.signal);
  await sleep(500);
  const produced = seen.pieces - before.pieces;
  t.ok(produced < 1_000, `${produced} of 4000 pieces made while nobody read`);
  gone.abort();
  await response.text().catch(() => undefined);
  await until(() => seen.cancelled > before.cancelled);
  t.equal(seen.cancelled, before.cancelled + 1);
});

t.test('a pausing model is stopped as soon as its reader goes', async (t) => {
  const before = seen.cancelled;
  const gone = new AbortController();
  const response = await open({ pieces: 2, pauseMs: 60_000 }, {}, gone.signal);
  gone.abort();
  await response.text().catch(() => undefined);
  await until(() => seen.cancelled > before);
  t.equal(seen.cancelled, before + 1);
});

t.test('what fails before the first byte is a problem like any other', async (t) => {
  const problem = async (script: Script, headers?: Record<string, string>) => {
    const response = await open(script, headers);
    t.equal(response.headers.get('content-type'), 'application/problem+json');
    return { status: response.status, ...((await response.json()) as object) };
  };
  t.match(await problem({ status: 418 }), {
    status: 502,
    code: 'model_error',
    upstream: { status: 418, message: 'refused by script' },
  });
  t.match(await problem({ failAt: 0 }, events), { status: 502, code: 'model_error', detail: /the model broke/ });
  await setFaults({ kind: 'throttle-null' });
  t.match(await problem({}), { status: 429, code: 'throttled' });
  await setFaults({ kind: 'delay', ms: 5_000 });
  t.match(await problem({}), { status: 504, code: 'upstream_timeout' });
  t.match(await problem({}, { 'request-timeout': '0.05' }), { status: 504, code: 'upstream_timeout' });
  await setFaults({ kind: 'reset' });
  t.match(await problem({}), { status: 503, code: 'upstream_unavailable' });
});

t.test('the timeout is for the first byte alone', async (t) => {
  const { bytes, broken } = await readAll(await open({ pieces: 2, bytes: 10, pauseMs: 1_500 }));
  t.notOk(broken);
  t.equal(bytes.length, 20);
});

t.test('bytes break off when the model fails midway', async (t) => {
  const { bytes, broken } = await readAll(await open({ pieces: 3, bytes: 10, pauseMs: 50, failAt: 2 }));
  t.ok(broken, 'half an answer cannot pass for a whole one');
  t.equal(bytes.length, 20);
  t.ok(log.some(({ code, msg }) => code === 'model_error' && /the model broke/.test(String(msg))));
  await setFaults({ kind: 'reset-midway', afterBytes: 5 });
  t.ok((await readAll(await open({ pieces: 3 }))).broken);
});

t.test('Server-Sent Events end with what happened', async (t) => {
  const text = { ...events, 'content-type': 'text/plain' };
  const whole = await open({ pieces: 2, bytes: 3 }, events);
  t.equal(whole.headers.get('content-type'), 'text/event-stream');
  t.equal(await whole.text(), 'data: AAEC\n\ndata: AAEC\n\nevent: done\ndata: {}\n\n', 'base64 of what is no text');

  const cut = await open({ pieces: 3, bytes: 3, failAt: 1 }, text);
  t.equal(cut.status, 200);
  const [first, error, ...rest] = (await cut.text()).split('\n\n');
  t.equal(first, 'data: AAEC');
  t.match(error, /^event: error\ndata: \{/);
  t.match(JSON.parse(String(error?.split('data: ')[1])), { code: 'model_error', status: 502, requestId: String });
  t.same(rest, [''], 'a clean end');

  await setFaults({ kind: 'stream-break', afterBytes: 3, errorCode: 'ModelInvocationTimeExceeded' });
  t.match(await (await open({ pieces: 3 }, events)).text(), /event: error\ndata: .*"upstream_timeout"/);
});

t.test('the rows of a real model, checked as for /predict', async (t) => {
  const { url } = await startWithModel(t);
  const ask = (body: object, headers: Record<string, string> = {}) =>
    fetch(`${url}/predict/heavy/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const instances = [{ height: 180, weight: 80, age: 40 }, [180, 60, 40]];
  const response = await ask({ instances });
  t.match(response.headers.get('content-type'), 'text/csv');
  t.match(await response.text(), /^0\.9\d+\n0\.0\d+\n$/);
  t.match(await (await ask({ instances }, events)).text(), /^data: 0\.9\d+\ndata: 0\.0\d+\ndata: \n\nevent: done\n/);
  t.match(await (await ask({ instances: [[1]] })).json(), { code: 'validation_failed' });
  t.equal(
    (
      await fetch(`${url}/predict/nobody/stream`, {
        method: 'POST',
        headers: { 'content-type': 'text/csv' },
        body: '1',
      })
    ).status,
    404,
  );
});

t.test('streams have places as predictions have', async (t) => {
  const { url, seen } = await startWithScript(t, { concurrency: { maxInFlight: 1, maxQueue: 1 } });
  const ask = (script: Script) =>
    fetch(`${url}/predict/scripted/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-script' },
      body: JSON.stringify(script),
    });
  const first = await ask({ pieces: 2, pauseMs: 2_000 });
  const others = [ask({}), ask({})];
  const refused = await Promise.race(others);
  t.equal(refused.status, 503);
  t.equal(refused.headers.get('retry-after'), '1');
  t.equal(seen.calls, 1);
  t.equal((await first.arrayBuffer()).byteLength, 20);
  t.strictSame((await Promise.all(others)).map(({ status }) => status).sort(), [200, 503]);
});

t.test('a gateway that stops lets streams end', async (t) => {
  const { app, url } = await startWithScript(t);
  const response = await fetch(`${url}/predict/scripted/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-script', ...events },
    body: JSON.stringify({ pieces: 2, pauseMs: 700 }),
  });
  const closed = app.close();
  t.match(await response.text(), /event: done/);
  await closed;
});
