import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { type ErrorCode, GatewayError } from '../../src/errors.ts';
import { admitting } from '../../src/predict/admission.ts';
import { breaking } from '../../src/predict/breaking.ts';
import { ByteLru } from '../../src/predict/byte-lru.ts';
import { caching } from '../../src/predict/caching.ts';
import type { ModelAnswer, ModelCall, Send } from '../../src/predict/call.ts';
import { timeoutAsked } from '../../src/predict/deadline.ts';
import { retrying } from '../../src/predict/retrying.ts';
import { shadowing } from '../../src/predict/shadowing.ts';
import { singleFlight } from '../../src/predict/single-flight.ts';
import { splitting } from '../../src/predict/splitting.ts';

const call = (body = '1', more: Partial<ModelCall> = {}): ModelCall => ({
  endpoint: 'e',
  contentType: 'text/csv',
  accept: 'text/csv',
  body: Buffer.from(body),
  rows: 1,
  deadline: performance.now() + 5_000,
  ...more,
});

/** A model that notes what it is asked and answers as told. */
function model(answer: (call: ModelCall, count: number) => Promise<string> | string = ({ body }) => body.toString()) {
  const asked: ModelCall[] = [];
  const send: Send = async (one) => {
    asked.push(one);
    const body = await answer(one, asked.length);
    return { contentType: 'text/csv', body: Buffer.from(body), headers: {}, upstreamMs: 1 };
  };
  return { send, asked };
}

const failing = (code: ErrorCode, retrySafe = false) =>
  new GatewayError(code, code, retrySafe ? { retrySafe: true } : {});
const text = ({ body }: ModelAnswer): string => body.toString();

t.test('admission', async (t) => {
  const { send, asked } = model(async ({ body }) => {
    await sleep(30);
    return body.toString();
  });
  const admitted = admitting({ maxInFlight: 2, maxQueue: 2 }, send);
  const running = [admitted(call('a')), admitted(call('b'))];
  const short = admitted(call('short', { deadline: performance.now() + 5 }));
  const patient = admitted(call('patient'));
  await t.rejects(
    admitted(call('too many')),
    { code: 'overloaded', statusCode: 503, facts: { retryAfter: 1 } },
    'refused at once',
  );
  await t.rejects(short, { code: 'upstream_timeout' });
  t.equal(asked.length, 2, 'told at its deadline, while the others still run');
  await Promise.all([...running, patient]);
  t.strictSame(
    asked.map(({ body }) => body.toString()),
    ['a', 'b', 'patient'],
    'who was late is never sent',
  );
});

t.test('a failed call gives its place back', async (t) => {
  const { send } = model(() => {
    throw failing('model_error');
  });
  const admitted = admitting({ maxInFlight: 1, maxQueue: 0 }, send);
  await t.rejects(admitted(call()), { code: 'model_error' });
  await t.rejects(admitted(call()), { code: 'model_error' });
});

t.test('retries only what is safe, within the deadline', async (t) => {
  const twice = model((_call, count) => {
    if (count < 3) throw failing('throttled', true);
    return 'in the end';
  });
  t.equal(text(await retrying({ maxAttempts: 3, budgetPercent: 10 }, twice.send)(call())), 'in the end');
  t.equal(twice.asked.length, 3);

  const unsafe = model(() => {
    throw failing('upstream_unavailable');
  });
  await t.rejects(retrying({ maxAttempts: 3, budgetPercent: 10 }, unsafe.send)(call()));
  t.equal(unsafe.asked.length, 1, 'it may have reached the model');

  const always = model(() => {
    throw failing('throttled', true);
  });
  await t.rejects(retrying({ maxAttempts: 3, budgetPercent: 10 }, always.send)(call()));
  t.equal(always.asked.length, 3);
  await t.rejects(
    retrying({ maxAttempts: 3, budgetPercent: 10 }, always.send)(call('1', { deadline: performance.now() })),
  );
  t.equal(always.asked.length, 4, 'no time for another');
});

t.test('retries stay within their budget', async (t) => {
  const always = model(() => {
    throw failing('throttled', true);
  });
  const retried = retrying({ maxAttempts: 2, budgetPercent: 10 }, always.send);
  const requests = 100;
  await Promise.allSettled(Array.from({ length: requests }, () => retried(call())));
  const retries = always.asked.length - requests;
  t.ok(retries <= 10 + requests * 0.1, `${retries} retries for ${requests} requests`);
  t.ok(retries >= 10, `${retries} retries for ${requests} requests`);
});

t.test('the breaker leaves a failing endpoint alone, and tries it again', async (t) => {
  let healthy = false;
  const { send, asked } = model(() => {
    if (!healthy) throw failing('upstream_unavailable');
    return 'back';
  });
  const broken = breaking({ failurePercent: 50, openMs: 1_000, timeoutMs: 60_000 }, send);
  for (let i = 0; i < 40; i += 1) await broken(call()).catch(() => {});
  t.ok(asked.length < 40, `only ${asked.length} of 40 were sent`);
  await t.rejects(broken(call()), { code: 'upstream_unavailable', facts: { retryAfter: 1 } });
  healthy = true;
  await sleep(1_050);
  t.equal(text(await broken(call())), 'back');
  t.equal(text(await broken(call())), 'back');
});

t.test('while one try is out the others are refused, and what was sent before says nothing new', async (t) => {
  const outcomes: { fail(): void; succeed(): void }[] = [];
  const send: Send = () =>
    new Promise((resolve, reject) => {
      outcomes.push({
        fail: () => reject(failing('upstream_unavailable')),
        succeed: () => resolve({ contentType: 'text/csv', body: Buffer.alloc(0), headers: {}, upstreamMs: 1 }),
      });
    });
  let state: () => string = () => '';
  const broken = breaking({ failurePercent: 100, openMs: 500, timeoutMs: 60_000 }, send, (read) => {
    state = read;
  });
  const early = Array.from({ length: 21 }, () => broken(call()).catch(() => 'failed'));
  for (const { fail } of outcomes.slice(0, 20)) fail();
  await Promise.all(early.slice(0, 20));
  t.equal(state(), 'open');
  await sleep(550);
  t.equal(state(), 'half-open');
  const trial = broken(call());
  await t.rejects(broken(call()), { code: 'upstream_unavailable' });
  t.equal(outcomes.length, 22);
  outcomes[20]?.succeed();
  await early[20];
  t.equal(state(), 'half-open');
  outcomes[21]?.succeed();
  await trial;
  t.equal(state(), 'closed');
});

t.test('callers in a hurry do not break the circuit, an endpoint that is slow does', async (t) => {
  const { send, asked } = model(async () => {
    await sleep(20);
    throw failing('upstream_timeout');
  });
  const volley = (timeoutMs: number) => {
    const broken = breaking({ failurePercent: 50, openMs: 1_000, timeoutMs }, send);
    return async () => {
      await Promise.allSettled(Array.from({ length: 20 }, () => broken(call())));
    };
  };
  const hurried = volley(60_000);
  await hurried();
  await hurried();
  t.equal(asked.length, 40);
  const slow = volley(20);
  await slow();
  await slow();
  t.equal(asked.length, 60);
});

t.test('refused rows and throttling do not break the circuit', async (t) => {
  const { send, asked } = model((_call, count) => {
    throw failing(count % 2 ? 'model_error' : 'throttled');
  });
  const broken = breaking({ failurePercent: 10, openMs: 1_000, timeoutMs: 60_000 }, send);
  for (let i = 0; i < 60; i += 1) await broken(call()).catch(() => {});
  t.equal(asked.length, 60);
});

t.test('traffic is split by weight, and a sticky key stays', async (t) => {
  const { send, asked } = model();
  const split = splitting(
    [
      { endpoint: 'a', weight: 90 },
      { endpoint: 'b', weight: 10 },
    ],
    send,
  );
  for (let i = 0; i < 2_000; i += 1) await split(call());
  const share = asked.filter(({ endpoint }) => endpoint === 'b').length / 2_000;
  t.ok(share > 0.06 && share < 0.14, `${share} went to b`);

  asked.length = 0;
  for (let i = 0; i < 1_000; i += 1) await split(call('1', { stickyKey: `user-${i % 100}` }));
  const sides = new Map<string, Set<string>>();
  for (const { stickyKey = '', endpoint } of asked)
    sides.set(stickyKey, (sides.get(stickyKey) ?? new Set()).add(endpoint));
  t.ok([...sides.values()].every((endpoints) => endpoints.size === 1));
  t.ok(
    asked.some(({ endpoint }) => endpoint === 'b'),
    'some users are on b',
  );
});

t.test('a shadow gets a copy and nobody waits for it or hears its errors', async (t) => {
  const slow = Promise.withResolvers<void>();
  const { send, asked } = model(async ({ endpoint }) => {
    if (endpoint === 'shadow') {
      await slow.promise;
      throw failing('model_error');
    }
    return 'answer';
  });
  const shadowed = shadowing({ endpoint: 'shadow', percent: 100 }, send);
  t.equal(text(await shadowed(call())), 'answer', 'while the shadow has not answered');
  t.strictSame(asked.map(({ endpoint }) => endpoint).sort(), ['e', 'shadow']);
  for (let i = 0; i < 50; i += 1) await shadowed(call());
  t.ok(asked.filter(({ endpoint }) => endpoint === 'shadow').length <= 16, 'a slow shadow piles nothing up');
  slow.resolve();
});

t.test('the cache', async (t) => {
  let version = 'v1';
  const { send, asked } = model((_call, count) => `answer ${count}`);
  const cached = caching({ ttlSeconds: 1, maxBytes: 1_000_000 }, () => version, send);
  t.match(await cached(call('a')), { cache: { status: 'miss' } });
  t.match(await cached(call('a')), { cache: { status: 'hit', ageSeconds: 0 }, upstreamMs: 0 });
  t.equal(text(await cached(call('a'))), 'answer 1');
  t.match(await cached(call('b')), { cache: { status: 'miss' } }, 'another body');
  t.match(await cached(call('a', { accept: 'application/json' })), { cache: { status: 'miss' } }, 'another type');
  t.match(
    await cached(call('a', { headers: { 'x-amzn-sagemaker-target-variant': 'x' } })),
    { cache: { status: 'miss' } },
    'another target',
  );

  const anew = await cached(call('a', { cacheControl: 'no-cache' }));
  t.match(anew, { cache: { status: 'bypass' } });
  t.equal(text(await cached(call('a'))), text(anew), 'no-cache renews what is kept');
  const before = asked.length;
  await cached(call('z', { cacheControl: 'no-store' }));
  t.match(await cached(call('z')), { cache: { status: 'miss' } }, 'no-store leaves no trace');
  t.equal(asked.length, before + 2);

  version = 'v2';
  t.match(await cached(call('a')), { cache: { status: 'miss' } }, 'another version of the model');
  await sleep(1_050);
  t.match(await cached(call('a')), { cache: { status: 'miss' } }, 'too old');
});

t.test('errors are not kept', async (t) => {
  const { send } = model((_call, count) => {
    if (count === 1) throw failing('model_error');
    return 'fine';
  });
  const cached = caching({ ttlSeconds: 60, maxBytes: 1_000_000 }, () => '', send);
  await t.rejects(cached(call()));
  t.equal(text(await cached(call())), 'fine');
});

t.test('the memory of a cache is bounded in bytes', async (t) => {
  const lru = new ByteLru<string>(100);
  for (let i = 0; i < 10; i += 1) lru.set(`k${i}`, `v${i}`, 30);
  t.ok(lru.bytes <= 100);
  t.strictSame(
    ['k6', 'k7', 'k8', 'k9'].map((key) => lru.get(key)),
    [undefined, 'v7', 'v8', 'v9'],
  );
  lru.get('k7');
  lru.set('k10', 'v10', 30);
  t.equal(lru.get('k7'), 'v7', 'what was used lately stays');
  t.equal(lru.get('k8'), undefined);
  lru.set('huge', 'x', 101);
  t.equal(lru.get('huge'), undefined);
  lru.set('k10', 'again', 90);
  t.equal(lru.bytes, 90);
});

t.test('one call for all that ask the same at once', async (t) => {
  const { send, asked } = model(async ({ body }) => {
    await sleep(20);
    return body.toString();
  });
  const shared = singleFlight(send);
  const answers = await Promise.all(['a', 'a', 'b', 'a'].map((body) => shared(call(body))));
  t.strictSame(answers.map(text), ['a', 'a', 'b', 'a']);
  t.equal(asked.length, 2);
  await shared(call('a'));
  t.equal(asked.length, 3, 'it is no cache');
});

t.test('who shares a call keeps a deadline of its own', async (t) => {
  const { send, asked } = model(async (_call, count) => {
    await sleep(40);
    if (count === 1) throw failing('upstream_timeout');
    return 'second try';
  });
  const shared = singleFlight(send);
  const [first, patient, impatient] = await Promise.allSettled([
    shared(call('a', { deadline: performance.now() + 40 })),
    shared(call('a')),
    shared(call('a', { deadline: performance.now() + 5 })),
  ]);
  t.match(first, { reason: { code: 'upstream_timeout' } });
  t.match(impatient, { reason: { code: 'upstream_timeout' } });
  t.equal(patient.status === 'fulfilled' && text(patient.value), 'second try');
  t.equal(asked.length, 2);
});

t.test("the caller's time is read in both forms", async (t) => {
  t.equal(timeoutAsked({ 'request-timeout': '2.5' }), 2_500);
  t.equal(timeoutAsked({ 'grpc-timeout': '250m' }), 250);
  t.equal(timeoutAsked({ 'grpc-timeout': '3S' }), 3_000);
  t.equal(timeoutAsked({}), undefined);
  for (const wrong of ['-1', 'soon', '1e3', ''])
    t.throws(() => timeoutAsked({ 'request-timeout': wrong }), { code: 'validation_failed' });
  for (const wrong of ['1', '1s', '123456789m'])
    t.throws(() => timeoutAsked({ 'grpc-timeout': wrong }), { code: 'validation_failed' });
});
