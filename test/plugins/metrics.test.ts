import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createApiKey } from '../../src/auth/api-key.ts';
import { loadConfig } from '../../src/config/load.ts';
import { GatewayError } from '../../src/errors.ts';
import { sampleOf } from '../../src/metrics/embedded.ts';
import type { Invocation, InvocationResult } from '../../src/sagemaker/invoke.ts';
import { version } from '../../src/version.ts';
import { doorGateway } from './gateway.ts';
import { scrape, scrapeUntil } from './scrape.ts';

type Invoke = (invocation: Invocation) => Promise<InvocationResult>;

const answerFor: Invoke = async ({ body }) => ({
  contentType: 'text/csv',
  body: Buffer.from(
    Buffer.from(body)
      .toString()
      .trim()
      .split('\n')
      .map(() => '0.5\n')
      .join(''),
  ),
  headers: {},
});

/** A gateway that listens, and how to ask it for predictions. */
async function listening(t: Test, settings: Readonly<Record<string, unknown>>, invoke: Invoke = answerFor) {
  const { app } = await doorGateway(t, settings, invoke);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const predict = async (body = '1', path = '/predict', headers: Record<string, string> = {}) => {
    const init = { method: 'POST', headers: { 'content-type': 'text/csv', ...headers }, body };
    const response = await fetch(url + path, init);
    await response.arrayBuffer();
    return response.status;
  };
  return { app, url, predict };
}

/** A model whose calls stay out until they are let go. */
function held() {
  const waiting: (() => void)[] = [];
  return {
    invoke: (async (invocation) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return answerFor(invocation);
    }) satisfies Invoke,
    release: () => {
      for (const go of waiting.splice(0)) go();
    },
  };
}

t.test('requests by route, model, client and status, and what each took', async (t) => {
  const acme = createApiKey();
  const clients = { acme: { keys: [acme.stored], scopes: ['predict'] } };
  const slow: Invoke = async (invocation) => {
    await sleep(20);
    return answerFor(invocation);
  };
  const { url, predict } = await listening(t, { clients }, slow);
  const key = { 'x-api-key': acme.key };
  t.equal(await predict('1', '/predict', key), 200);
  t.equal(await predict('1', '/predict/secret', key), 200);
  t.equal(await predict('1', '/predict'), 401);

  const seen = await scrapeUntil(url, (now) => now.sum('gateway_requests_total', { status: '401' }) === 1);
  const ofBank = { method: 'POST', route: '/predict', model: 'bank', status: '200' };
  t.equal(seen.sum('gateway_requests_total', { ...ofBank, client: 'acme' }), 1);
  t.equal(seen.sum('gateway_requests_total', { route: '/predict/:model', model: 'secret', client: 'acme' }), 1);
  t.equal(seen.sum('gateway_requests_total', { route: '/predict', status: '401', client: 'none', model: 'none' }), 1);

  t.equal(seen.sum('gateway_request_duration_seconds_count', ofBank), 1);
  t.equal(seen.sum('gateway_request_duration_seconds_bucket', { ...ofBank, le: '0.01' }), 0, 'SageMaker took longer');
  t.equal(seen.sum('gateway_request_duration_seconds_bucket', { ...ofBank, le: '+Inf' }), 1);
  t.equal(seen.sum('gateway_sagemaker_duration_seconds_count', { model: 'bank', endpoint: 'bank' }), 1);
  const whole = seen.sum('gateway_request_duration_seconds_sum', ofBank) ?? 0;
  const upstream = seen.sum('gateway_sagemaker_duration_seconds_sum', { model: 'bank' }) ?? 0;
  const own = seen.sum('gateway_own_duration_seconds_sum', { route: '/predict', model: 'bank' }) ?? 0;
  t.ok(upstream >= 0.019 && own > 0, `SageMaker ${upstream} s, gateway ${own} s`);
  t.ok(Math.abs(whole - upstream - own) < 0.002, `${whole} s are the sum of the two`);
});

t.test('labels are bounded: what a caller chose is not among them', async (t) => {
  const { app, url, predict } = await listening(t, { auth: 'none' });
  for (let i = 0; i < 20; i += 1) {
    await predict('1', `/predict/made-up-${i}`);
    await predict('1', `/endpoints/made-up-${i}/invocations`);
    await fetch(`${url}/v2/models/made-up-${i}`);
    await fetch(`${url}/made-up-${i}`, {
      method: i % 2 ? 'GET' : 'DELETE',
      headers: { 'x-request-id': `made-up-${i}` },
    });
  }
  await predict();
  const text = (await app.inject({ url: '/metrics' })).body;
  t.notMatch(text, /made-up/);
  const seen = await scrape(url);
  t.strictSame(seen.valuesOf('model'), ['bank', 'none', 'secret', 'unknown']);
  t.strictSame(seen.valuesOf('client'), ['none']);
  t.equal(seen.sum('gateway_requests_total', { route: 'unknown' }), 20);
  t.equal(seen.sum('gateway_requests_total', { route: '/predict/:model', model: 'unknown' }), 20);
});

t.test('a model’s calls in flight, its queue and the limits of both; a request that finds no place', async (t) => {
  const { invoke, release } = held();
  const models = { bank: { endpoint: 'bank', concurrency: { maxInFlight: 2, maxQueue: 1 } } };
  const { url, predict } = await listening(t, { models }, invoke);
  const model = { model: 'bank' };
  const idle = await scrape(url);
  t.equal(idle.sum('gateway_model_calls_in_flight', model), 0);
  t.equal(idle.sum('gateway_model_calls_limit', model), 2);
  t.equal(idle.sum('gateway_model_queue_limit', model), 1);

  const asked = [predict(), predict(), predict()];
  const busy = await scrapeUntil(url, (now) => now.sum('gateway_model_queued', model) === 1);
  t.equal(busy.sum('gateway_model_calls_in_flight', model), 2);
  t.equal(busy.sum('gateway_requests_open'), 4, 'the scrape is one of them');
  t.equal(await predict(), 503);
  release();
  await scrapeUntil(url, (now) => now.sum('gateway_model_queued', model) === 0);
  release();
  t.strictSame(await Promise.all(asked), [200, 200, 200]);
  const after = await scrapeUntil(url, (now) => now.sum('gateway_requests_open') === 1);
  t.equal(after.sum('gateway_model_calls_in_flight', model), 0);
  t.equal(after.sum('gateway_model_errors_total', { ...model, code: 'overloaded' }), 1);
  t.equal(after.sum('gateway_upstream_errors_total', model), undefined, 'SageMaker had no part in it');
});

t.test('a preflight, which is answered before all else, leaves the open requests as they are', async (t) => {
  const { url } = await listening(t, { server: { cors: { origins: ['https://a.example'] } } });
  const headers = { origin: 'https://a.example', 'access-control-request-method': 'POST' };
  for (let i = 0; i < 3; i += 1) await fetch(`${url}/predict`, { method: 'OPTIONS', headers });
  t.equal((await scrapeUntil(url, (now) => now.sum('gateway_requests_open') === 1)).sum('gateway_requests_open'), 1);
});

t.test('batches: requests and rows that travel together', async (t) => {
  const { invoke, release } = held();
  const models = { bank: { endpoint: 'bank', batching: { maxInFlight: 1 } } };
  const { url, predict } = await listening(t, { models }, invoke);
  const asked = [predict('1\n2\n')];
  await scrapeUntil(url, (now) => now.sum('gateway_model_calls_in_flight') === 1);
  asked.push(predict('3\n4\n'), predict('5\n'), predict('6\n'));
  await scrapeUntil(url, (now) => now.sum('gateway_model_queued') === 3);
  release();
  await scrapeUntil(url, (now) => now.sum('gateway_batch_requests_count') === 2);
  release();
  t.strictSame(await Promise.all(asked), [200, 200, 200, 200]);
  const seen = await scrape(url);
  t.equal(seen.sum('gateway_batch_requests_sum', { model: 'bank' }), 4);
  t.equal(seen.sum('gateway_batch_requests_bucket', { model: 'bank', le: '1' }), 1);
  t.equal(seen.sum('gateway_batch_rows_sum', { model: 'bank' }), 6);
  t.equal(seen.sum('gateway_model_calls_limit', { model: 'bank' }), 1, 'the batches’ own');
});

t.test('the cache', async (t) => {
  const { url, predict } = await listening(t, { models: { bank: { endpoint: 'bank', cache: {} } } });
  await predict('1');
  await predict('1');
  await predict('1');
  await predict('1', '/predict', { 'cache-control': 'no-store' });
  const seen = await scrape(url);
  for (const [result, count] of Object.entries({ miss: 1, hit: 2, bypass: 1 })) {
    t.equal(seen.sum('gateway_cache_results_total', { model: 'bank', result }), count, result);
  }
  t.equal(seen.sum('gateway_sagemaker_duration_seconds_count'), 2, 'what the cache has, SageMaker is not asked');
});

t.test('errors of SageMaker by code, each try; what was tried again', async (t) => {
  let calls = 0;
  const { url, predict } = await listening(t, {}, async (invocation) => {
    calls += 1;
    if (calls === 1) throw new GatewayError('throttled', 'slower', { retrySafe: true });
    if (calls === 3) throw new GatewayError('model_error', 'it answered 500');
    return answerFor(invocation);
  });
  t.equal(await predict(), 200);
  t.equal(await predict(), 502);
  const seen = await scrape(url);
  t.equal(seen.sum('gateway_retries_total', { model: 'bank' }), 1);
  t.equal(seen.sum('gateway_upstream_errors_total', { model: 'bank', code: 'throttled' }), 1);
  t.equal(seen.sum('gateway_upstream_errors_total', { model: 'bank', code: 'model_error' }), 1);
  t.equal(seen.sum('gateway_model_errors_total', { model: 'bank' }), 1, 'the caller saw one of them');
  t.equal(seen.sum('gateway_sagemaker_duration_seconds_count', { model: 'bank' }), 3);
});

t.test('the breaker: closed, open, half open when its rest is over though nobody calls', async (t) => {
  let isBroken = true;
  const breaker = { failurePercent: 50, openMs: 400 };
  const { url, predict } = await listening(
    t,
    { models: { bank: { endpoint: 'bank', breaker } } },
    async (invocation) => {
      if (isBroken) throw new GatewayError('upstream_unavailable', 'gone');
      return answerFor(invocation);
    },
  );
  const state = { model: 'bank', endpoint: 'bank' };
  await predict();
  t.equal((await scrape(url)).sum('gateway_breaker_state', state), 0);
  await Promise.all(Array.from({ length: 40 }, () => predict()));
  t.equal((await scrape(url)).sum('gateway_breaker_state', state), 2);
  await scrapeUntil(url, (now) => now.sum('gateway_breaker_state', state) === 1);
  isBroken = false;
  await predict();
  t.equal((await scrape(url)).sum('gateway_breaker_state', state), 0);
});

t.test('captures that S3 does not take', async (t) => {
  const models = { bank: { endpoint: 'bank', capture: {} } };
  const { url, predict } = await listening(t, { models });
  t.equal(
    (await scrape(url)).sum('gateway_captures_lost_total', { reason: 'write_failed' }),
    0,
    'there from the start',
  );
  // So much that it is written at once.
  t.equal(await predict('1\n'.repeat(600_000)), 200);
  await scrapeUntil(url, (now) => now.sum('gateway_captures_lost_total', { reason: 'write_failed' }) === 1);
});

t.test('what runs here, and how it does', async (t) => {
  const { url } = await listening(t, {});
  const seen = await scrape(url);
  t.equal(seen.sum('gateway_build_info', { version, node: process.versions.node }), 1);
  t.ok(seen.names.has('nodejs_eventloop_lag_p99_seconds'));
  t.ok((seen.sum('process_resident_memory_bytes') ?? 0) > 1e6);
});

t.test('a changed configuration: counters go on, limits are the new ones', async (t) => {
  const { app, url, predict } = await listening(t, {});
  await predict();
  const models = { bank: { endpoint: 'bank', concurrency: { maxQueue: 7 } } };
  app.configure(loadConfig({ GATEWAY_MODE: 'aws' }, JSON.stringify({ models, defaultModel: 'bank' })));
  await predict();
  const seen = await scrapeUntil(url, (now) => now.sum('gateway_requests_total', { model: 'bank' }) === 2);
  t.equal(seen.sum('gateway_sagemaker_duration_seconds_count', { model: 'bank' }), 2);
  t.equal(seen.sum('gateway_model_queue_limit', { model: 'bank' }), 7);
});

t.test('CloudWatch’s embedded metric format: what each interval was like, by model', async (t) => {
  let isBroken = false;
  const settings = { metrics: { emfNamespace: 'Gateway', emfIntervalMs: 3_600_000 }, logLevel: 'fatal' };
  const { app, log } = await doorGateway(t, settings, async (invocation) => {
    if (isBroken) throw new GatewayError('model_error', 'it answered 500');
    return answerFor(invocation);
  });
  const predict = (url = '/predict') =>
    app.inject({ method: 'POST', url, headers: { 'content-type': 'text/csv' }, payload: '1\n' });
  for (let i = 0; i < 150; i += 1) await predict();
  await predict('/predict/secret');
  isBroken = true;
  await predict();
  await app.close();

  const lines = log.filter((line) => '_aws' in line) as Record<string, never>[];
  const ofBank = lines.find(({ Model }) => Model === 'bank');
  t.match(ofBank, { Requests: 151, ServerErrors: 1, InFlight: 0, Queued: 0, level: 30 });
  const { Timestamp, CloudWatchMetrics } = ofBank?._aws ?? { Timestamp: 0, CloudWatchMetrics: [] };
  t.ok(Math.abs(Date.now() - Timestamp) < 60_000, 'ms');
  const [{ Namespace, Dimensions, Metrics } = {}] = CloudWatchMetrics as Record<string, { Name: string }[]>[];
  t.match({ Namespace, Dimensions }, { Namespace: 'Gateway', Dimensions: [['Model']] });
  for (const { Name } of Metrics ?? []) t.ok(ofBank && Name in ofBank, `${Name} is in the line`);
  const { Latency = [] } = ofBank as unknown as { Latency: number[] };
  t.ok(Latency.length > 90 && Latency.length <= 100, 'no more values than CloudWatch takes');
  t.ok(Latency.every((ms) => ms >= 1 && ms <= 60_000));
  t.match(
    lines.find(({ Model }) => Model === 'secret'),
    { Requests: 1 },
  );
});

t.test('values stand for a distribution that is larger than a line', async (t) => {
  t.strictSame(
    sampleOf(
      new Map([
        [0.01, 1],
        [0.1, 2],
      ]),
    ),
    [10, 100, 100],
  );
  const many = sampleOf(
    new Map([
      [0.01, 9_000],
      [0.1, 900],
      [1, 100],
    ]),
  );
  t.equal(many.length, 100);
  t.strictSame(
    [10, 100, 1_000].map((ms) => many.filter((value) => value === ms).length),
    [90, 9, 1],
  );
  t.strictSame(sampleOf(new Map()), []);
});

t.test('off, there is nothing to see and predictions go on', async (t) => {
  const { app } = await doorGateway(t, { metrics: { enabled: false } });
  t.equal((await app.inject({ url: '/metrics' })).statusCode, 404);
  const predicted = { method: 'POST', url: '/predict', headers: { 'content-type': 'text/csv' }, payload: '1' } as const;
  t.equal((await app.inject(predicted)).statusCode, 200);
});
