import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { buildApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/load.ts';
import { tracesUrl } from '../../src/config/tracing.ts';
import { createAws } from '../../src/sagemaker/aws.ts';
import { createInvoker } from '../../src/sagemaker/invoke.ts';
import { resolveRuntimeTarget } from '../../src/sagemaker/runtime-target.ts';
import { exportTraces } from '../../src/tracing/start.ts';
import { peerMissing, runPeer } from '../peer.ts';
import { answering, recordingServer } from '../sagemaker/recording-server.ts';
import { type CollectedSpan, type Collector, type OtlpRequest, spansIn, startCollector } from './collector.ts';

const caller = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const traceparent = `00-${caller.traceId}-${caller.spanId}-01`;
const unsampled = `00-${caller.traceId}-${caller.spanId}-00`;

/** A gateway that traces to a collector, in front of a SageMaker runtime that keeps what it is sent. */
async function traced(
  t: Test,
  settings: Readonly<Record<string, unknown>> = {},
  tracing: Readonly<Record<string, unknown>> = {},
  collector?: Pick<Collector, 'url'>,
) {
  const receiver = collector ?? (await startCollector(t));
  const sagemaker = await recordingServer(t);
  const config = loadConfig(
    { GATEWAY_MODE: 'aws' },
    JSON.stringify({
      models: { bank: { endpoint: 'bank-prod', ...settings } },
      tracing: { endpoint: receiver.url, protocol: 'http/json', exportIntervalMs: 20, ...tracing },
    }),
  );
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const aws = createAws(config, { endpoint: sagemaker.url, region: 'us-east-1', credentials });
  const invoker = createInvoker(await resolveRuntimeTarget(aws.runtime));
  const log: Record<string, unknown>[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => log.push(JSON.parse(line)) });
  const app = await buildApp(config, { aws, invoker, logger });
  const url = tracesUrl(config.tracing);
  const running = url === undefined ? undefined : await exportTraces(url, config.tracing, logger);
  if (running) app.traceBy(running.tracer);
  t.teardown(async () => {
    await app.close();
    await invoker.close();
    aws.close();
    await running?.close();
  });
  const post = (path: string, headers: Record<string, string> = {}, payload = '1,2\n') =>
    app.inject({ method: 'POST', url: path, headers: { 'content-type': 'text/csv', ...headers }, payload });
  return { app, sagemaker, log, post, running };
}

const named = (spans: readonly CollectedSpan[], name: string): CollectedSpan => {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`no span ${name} among ${spans.map((span) => span.name)}`);
  return found;
};

const runtime = 'SageMaker Runtime.InvokeEndpoint';

t.test('the caller’s trace goes on through the gateway to SageMaker, and is in the log', async (t) => {
  const collector = await startCollector(t);
  const { post, sagemaker, log } = await traced(t, {}, {}, collector);
  const answer = await post('/predict?token=hidden', { traceparent, tracestate: 'a=1,b=2', 'user-agent': 'curl/8' });
  t.equal(answer.statusCode, 200);
  const spans = await collector.collected(4);
  t.strictSame(spans.map(({ name }) => name).sort(), ['POST /predict', runtime, 'decode', 'encode']);
  const server = named(spans, 'POST /predict');
  t.match(server, {
    kind: 2,
    traceId: caller.traceId,
    parentSpanId: caller.spanId,
    traceState: 'a=1,b=2',
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/predict',
      'http.response.status_code': 200,
      'url.path': '/predict',
      'user_agent.original': 'curl/8',
      'gateway.model': 'bank',
      'gateway.request_id': answer.headers['x-request-id'],
    },
    resource: { 'service.name': 'sagemaker-gateway', 'service.version': /^\d/ },
  });
  for (const name of ['decode', runtime, 'encode'])
    t.match(named(spans, name), { traceId: caller.traceId, parentSpanId: server.spanId }, name);
  const call = named(spans, runtime);
  t.match(call, { kind: 3, attributes: { 'aws.sagemaker.endpoint.name': 'bank-prod', 'rpc.system.name': 'aws-api' } });
  t.ok(BigInt(call.endTimeUnixNano) >= BigInt(call.startTimeUnixNano));
  const { headers } = sagemaker.last();
  t.match(headers, { traceparent: `00-${caller.traceId}-${call.spanId}-01`, tracestate: 'a=1,b=2' });
  t.match(String(headers.authorization), /traceparent;/, 'and is signed');
  t.notOk('x-amzn-sagemaker-custom-attributes' in headers);
  t.match(log, [{ msg: 'request', trace_id: caller.traceId, span_id: server.spanId, trace_flags: '01' }]);
  t.notMatch(JSON.stringify(spans), /hidden/);
  t.notMatch(JSON.stringify(collector.recorded.map(({ body }) => body.toString())), /1,2/, 'no body');
});

t.test('a caller that does not record is not recorded here either, but its trace goes on', async (t) => {
  const collector = await startCollector(t);
  const { post, sagemaker, log } = await traced(t, {}, {}, collector);
  await post('/predict', { traceparent: unsampled });
  await post('/predict', { traceparent: 'nonsense' });
  const spans = await collector.collected(4);
  t.match(sagemaker.recorded[0]?.headers.traceparent, new RegExp(`^00-${caller.traceId}-[0-9a-f]{16}-00$`));
  t.match(log[0], { trace_id: caller.traceId, trace_flags: '00' });
  t.equal(spans.length, 4, 'those of the other request');
  t.ok(spans.every(({ traceId }) => traceId !== caller.traceId));
});

t.test('a share is recorded, and where callers are not asked they cannot change it', async (t) => {
  const collector = await startCollector(t);
  const { post, running } = await traced(t, {}, { sampler: 'traceidratio', sampleRatio: 0.05 }, collector);
  const of = 1_000;
  for (let i = 0; i < of; i += 1) {
    const traceId = Array.from({ length: 4 }, () =>
      Math.floor(Math.random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    ).join('');
    await post('/predict', { traceparent: `00-${traceId}-${caller.spanId}-01` });
  }
  await running?.close();
  const requests = collector.spans().filter(({ name }) => name === 'POST /predict');
  // 50 are expected, give or take 7.
  t.ok(requests.length > 10 && requests.length < 120, `${requests.length} of ${of}`);
});

t.test('every line of a request’s log says which trace it belongs to', async (t) => {
  const { app, log } = await traced(t);
  app.get('/talks', async (request) => {
    request.log.info('first');
    request.log.child({ part: 1 }).info('second');
    return '';
  });
  await app.inject({ url: '/talks', headers: { traceparent } });
  t.match(
    log.map(({ msg, trace_id: id }) => [msg, id]),
    [
      ['first', caller.traceId],
      ['second', caller.traceId],
      ['request', caller.traceId],
    ],
  );
  t.equal(new Set(log.map(({ span_id: id }) => id)).size, 1);
});

t.test(
  'of new traces a share is recorded: what the log, SageMaker and its container are told of each is what was done',
  async (t) => {
    const collector = await startCollector(t);
    const settings = { sampleRatio: 0.5, toContainer: true };
    const { post, sagemaker, log, running } = await traced(t, {}, settings, collector);
    for (let i = 0; i < 60; i += 1) await post('/predict');
    await running?.close();
    const servers = collector.spans().filter(({ name }) => name === 'POST /predict');
    const recorded = new Map(servers.map(({ traceId, spanId }) => [traceId, spanId]));
    t.ok(recorded.size > 0 && recorded.size < 60, `${recorded.size} of 60`);
    t.equal(new Set(log.map(({ trace_id: id }) => id)).size, 60, 'each has a trace of its own');
    const told = sagemaker.recorded.map(({ headers }) => String(headers.traceparent).split('-'));
    for (const [i, { trace_id: id, span_id: span, trace_flags: flags }] of log.entries()) {
      const isRecorded = recorded.has(String(id));
      t.equal(flags, isRecorded ? '01' : '00');
      t.strictSame([told[i]?.[1], told[i]?.[3]], [id, flags]);
      if (isRecorded) t.equal(span, recorded.get(String(id)));
      else t.equal(told[i]?.[2], span, 'no span of its own for the call');
    }
  },
);

t.test('a trace that begins here, is not recorded and told to no container: nobody hears of it', async (t) => {
  const collector = await startCollector(t);
  const { post, sagemaker, log, running } = await traced(t, {}, { sampleRatio: 0.5 }, collector);
  for (let i = 0; i < 60; i += 1) await post('/predict');
  await running?.close();
  const servers = collector.spans().filter(({ name }) => name === 'POST /predict');
  const recorded = servers.map(({ traceId }) => traceId).sort();
  t.ok(recorded.length > 0 && recorded.length < 60, `${recorded.length} of 60`);
  const told = sagemaker.recorded.flatMap(({ headers }) => headers.traceparent?.toString().split('-')[1] ?? []);
  t.strictSame(told.sort(), recorded);
  t.equal(log.length, 60);
  t.strictSame(log.flatMap(({ trace_id: id }) => id ?? []).sort(), recorded);
});

t.test('waiting is a span of its own', async (t) => {
  const collector = await startCollector(t);
  const { post, sagemaker } = await traced(t, { concurrency: { maxInFlight: 1 } }, {}, collector);
  sagemaker.answerWith(async (response) => {
    await sleep(300);
    response.writeHead(200, { 'content-type': 'text/csv' }).end('0.5\n');
  });
  await Promise.all([post('/predict'), post('/predict')]);
  const spans = await collector.collected(9);
  t.equal(spans.filter(({ name }) => name === 'queue').length, 1);
  const queue = named(spans, 'queue');
  const call = spans.find(({ name, traceId }) => name === runtime && traceId === queue.traceId);
  // Each span has a clock of its own, of ms.
  const slack = 5_000_000n;
  t.ok(BigInt(queue.endTimeUnixNano) <= BigInt(call?.startTimeUnixNano ?? 0) + slack, 'the one, then the other');
  t.ok(BigInt(queue.endTimeUnixNano) - BigInt(queue.startTimeUnixNano) > slack);
});

t.test('a call for several requests belongs to one and names the others', async (t) => {
  const collector = await startCollector(t);
  const { post, sagemaker } = await traced(t, { batching: { maxInFlight: 1 } }, {}, collector);
  sagemaker.answerWith(async (response, _request, body) => {
    await sleep(300);
    const rows = body.toString().trim().split('\n');
    response.writeHead(200, { 'content-type': 'text/csv' }).end(rows.map(() => '0.5\n').join(''));
  });
  const answers = await Promise.all([1, 2, 3].map((row) => post('/predict', {}, `${row}\n`)));
  t.strictSame(
    answers.map(({ statusCode }) => statusCode),
    [200, 200, 200],
  );
  const spans = await collector.collected(14);
  const calls = spans.filter(({ name }) => name === runtime);
  t.equal(calls.length, 2, 'the first alone, the others together');
  const [linked] = calls.flatMap(({ links = [] }) => links);
  const shared = calls.find(({ links }) => links?.length === 1);
  t.ok(linked && shared && linked.traceId !== shared.traceId);
  t.ok(spans.some(({ spanId, name }) => spanId === linked?.spanId && name === 'POST /predict'));
});

t.test('of requests that share a call, one that is recorded is enough', async (t) => {
  const collector = await startCollector(t);
  const { post, sagemaker } = await traced(t, { batching: { maxInFlight: 1 } }, { sampleRatio: 0 }, collector);
  sagemaker.answerWith(async (response, _request, body) => {
    await sleep(300);
    const rows = body.toString().trim().split('\n');
    response.writeHead(200, { 'content-type': 'text/csv' }).end(rows.map(() => '0.5\n').join(''));
  });
  const other = traceparent.replace(caller.traceId, caller.traceId.replace('4', '5'));
  await Promise.all([
    ...['1\n', '2\n'].map((row) => post('/predict', {}, row)),
    post('/predict', { traceparent: unsampled }, '3\n'),
    ...[traceparent, other].map((each) => post('/predict', { traceparent: each }, '4\n')),
  ]);
  t.equal(sagemaker.recorded.length, 2, 'the first alone, the others together');
  const calls = (await collector.collected(9)).filter(({ name }) => name === runtime);
  t.match(calls, [{ traceId: caller.traceId, links: [{ traceId: /^5/ }] }]);
});

t.test('what fails says so, the caller’s fault apart from ours', async (t) => {
  const collector = await startCollector(t);
  const { post, sagemaker } = await traced(t, { retries: { maxAttempts: 2 } }, {}, collector);
  t.equal((await post('/predict', {}, '')).statusCode, 400);
  const [refused] = (await collector.collected(2)).filter(({ kind }) => kind === 2);
  t.match(refused, { attributes: { 'error.type': 'validation_failed', 'http.response.status_code': 400 } });
  t.not(refused?.status?.code, 2);

  sagemaker.answerWith(
    answering(500, { 'x-amzn-errortype': 'InternalFailure' }, JSON.stringify({ message: 'secret of AWS' })),
  );
  t.equal((await post('/predict')).statusCode, 503);
  const spans = (await collector.collected(5)).slice(2);
  for (const name of [runtime, 'POST /predict']) {
    t.match(named(spans, name), { status: { code: 2 }, attributes: { 'error.type': 'upstream_unavailable' } }, name);
  }
  t.notMatch(JSON.stringify(spans), /secret of AWS/);
});

t.test('each try is a span', async (t) => {
  const collector = await startCollector(t);
  const { post, sagemaker } = await traced(t, {}, {}, collector);
  const throttled = answering(429, { 'x-amzn-errortype': 'ThrottlingException' }, '{}');
  const well = answering(200, { 'content-type': 'text/csv' }, '0.5\n');
  sagemaker.answerWith((response, ...more) => (sagemaker.recorded.length === 1 ? throttled : well)(response, ...more));
  t.equal((await post('/predict')).statusCode, 200);
  const tries = (await collector.collected(5)).filter(({ name }) => name === runtime);
  t.strictSame(
    tries.map(({ attributes }) => attributes['error.type']),
    ['throttled', undefined],
  );
  t.strictSame(
    sagemaker.recorded.map(({ headers }) => String(headers.traceparent).split('-')[2]),
    tries.map(({ spanId }) => spanId),
  );
});

t.test('on the way of streams, of SageMaker’s own protocol and of predictions for later', async (t) => {
  const collector = await startCollector(t);
  const { post, sagemaker } = await traced(t, { asyncEndpoint: 'bank-later' }, { toContainer: true }, collector);
  const own = 'x-amzn-sagemaker-custom-attributes';

  await post('/predict/bank/stream', { traceparent });
  const stream = sagemaker.last();
  t.match(stream.path, /invocations-response-stream$/);
  await post('/endpoints/bank-prod/invocations', { traceparent, [own]: 'mine' });
  const wire = sagemaker.last();
  await post('/predict', { traceparent });
  const plain = sagemaker.last();
  const spans = await collector.collected(8);
  for (const [request, operation] of [
    [stream, 'InvokeEndpointWithResponseStream'],
    [wire, 'InvokeEndpoint'],
    [plain, 'InvokeEndpoint'],
  ] as const) {
    const [, , spanId] = String(request.headers.traceparent).split('-');
    t.match(
      spans.find((span) => span.spanId === spanId),
      { name: `SageMaker Runtime.${operation}`, traceId: caller.traceId },
      request.path,
    );
  }
  t.equal(plain.headers[own], `traceparent=${plain.headers.traceparent}`, 'which the container gets to see');
  t.equal(stream.headers[own], `traceparent=${stream.headers.traceparent}`);
  t.equal(wire.headers[own], 'mine', 'the caller’s own are not touched');
});

t.test('a collector that is away costs a line in the log and no request', async (t) => {
  process.env.OTEL_EXPORTER_OTLP_TIMEOUT = '200';
  t.teardown(() => {
    delete process.env.OTEL_EXPORTER_OTLP_TIMEOUT;
  });
  const { post, log } = await traced(t, {}, {}, { url: 'http://127.0.0.1:9' });
  t.equal((await post('/predict')).statusCode, 200);
  const said = () => log.find(({ component }) => component === 'tracing');
  for (let i = 0; i < 500 && said() === undefined; i += 1) await sleep(20);
  t.match(said(), { level: 40, msg: /ECONNREFUSED|[Tt]imeout/ });
});

t.test('what the collector did not take is said in the log', async (t) => {
  const picky = await recordingServer(t);
  const refusal = { partialSuccess: { rejectedSpans: '1', errorMessage: 'too old for us' } };
  picky.answerWith(answering(200, { 'content-type': 'application/json' }, JSON.stringify(refusal)));
  const { post, log } = await traced(t, {}, {}, picky);
  t.equal((await post('/predict')).statusCode, 200);
  const said = () => log.find(({ component }) => component === 'tracing');
  for (let i = 0; i < 500 && said() === undefined; i += 1) await sleep(20);
  t.match(JSON.stringify(said()), /too old for us/);
});

t.test('off, nothing is said; machines that ask for health are never traced', async (t) => {
  const collector = await startCollector(t);
  const off = await traced(t, {}, { disabled: true }, collector);
  await off.post('/predict', { traceparent });
  t.notOk('traceparent' in off.sagemaker.last().headers);
  t.notOk('trace_id' in (off.log[0] ?? {}));
  const on = await traced(t, {}, {}, collector);
  for (const url of ['/healthz', '/readyz', '/metrics']) await on.app.inject({ url, headers: { traceparent } });
  await on.running?.close();
  t.strictSame(collector.spans(), []);
});

t.test('settings: the SDK’s own variables, and what is wrong with them', async (t) => {
  const { tracing } = loadConfig({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/',
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.01',
    OTEL_SERVICE_NAME: 'scores',
  });
  t.equal(tracesUrl(tracing), 'http://collector:4318/v1/traces');
  t.match(tracing, { sampler: 'traceidratio', sampleRatio: 0.01, serviceName: 'scores' });
  t.equal(tracesUrl({ ...tracing, tracesEndpoint: 'http://other/x' }), 'http://other/x');
  t.equal(tracesUrl({ ...tracing, disabled: true }), undefined);
  t.throws(() => loadConfig({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }), { message: /OTEL_EXPORTER_OTLP_PROTOCOL/ });
  t.throws(() => loadConfig({ OTEL_TRACES_SAMPLER_ARG: '2' }), { message: /OTEL_TRACES_SAMPLER_ARG/ });
});

const decoder = `
import base64, json, os
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest as Request
bodies = json.loads(os.environ['BODIES'])
print(json.dumps({'requests': [MessageToDict(Request.FromString(base64.b64decode(body))) for body in bodies]}))
`;

t.test(
  'the process: traces in protobuf by default, and the last ones before it ends',
  { skip: peerMissing('opentelemetry.proto') },
  async (t) => {
    const collector = await startCollector(t);
    const sagemaker = await recordingServer(t);
    const child = spawn(process.execPath, ['src/main.ts'], {
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_ENDPOINT_URL: sagemaker.url,
        SAGEMAKER_ENDPOINT_NAME: 'stub',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=acme',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.teardown(() => child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    const lines = createInterface(child.stdout);
    const url = await new Promise<string>((resolve) => {
      lines.on('line', (line) => {
        const [, found] = /Server listening at (http:[^"]+)/.exec(line) ?? [];
        if (found !== undefined) resolve(found);
      });
    });
    const predict = () =>
      fetch(`${url}/predict`, { method: 'POST', headers: { 'content-type': 'text/csv' }, body: '1,2\n' });
    // The SDK is loaded after the start.
    for (let i = 0; i < 200 && sagemaker.recorded.at(-1)?.headers.traceparent === undefined; i += 1) await predict();
    const [, traceId = ''] = String(sagemaker.last().headers.traceparent).split('-');
    t.equal(collector.recorded.length, 0, 'none is sent yet');
    child.kill('SIGTERM');
    t.strictSame(await ended, [0, null]);

    const [first] = collector.recorded;
    t.match(first, {
      path: '/v1/traces',
      headers: { 'content-type': 'application/x-protobuf', 'x-tenant': 'acme' },
    });
    const bodies = collector.recorded.map(({ body }) => body.toString('base64'));
    const { requests } = (await runPeer(decoder, { BODIES: JSON.stringify(bodies) })) as { requests: OtlpRequest[] };
    const spans = requests.flatMap(spansIn);
    const ours = spans.filter((span) => Buffer.from(span.traceId, 'base64').toString('hex') === traceId);
    t.strictSame(ours.map(({ name }) => name).sort(), ['POST /predict', runtime, 'decode', 'encode']);
    t.match(ours[0]?.resource, { 'service.name': 'sagemaker-gateway', 'deployment.environment.name': 'test' });
  },
);
