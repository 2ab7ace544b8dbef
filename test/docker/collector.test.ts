import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { freePort, startReplica } from '../predict/replica.ts';
import { startStub } from './stub-sagemaker.ts';

/** The OpenTelemetry collector itself. Debian has no package of it; collector-builder.yaml makes one. */
const collector = process.env.OTEL_COLLECTOR ?? '';
const skip = collector === '' ? 'OTEL_COLLECTOR names no OpenTelemetry collector' : false;
const config = fileURLToPath(new URL('../../docker/otel/collector.yaml', import.meta.url));

t.setTimeout(170_000);

/** With the configuration of docker/, on loopback, and every span in its log. */
async function startCollector(t: Test) {
  const [http, grpc, metrics] = await Promise.all([freePort(), freePort(), freePort()]);
  const changes = [
    `receivers::otlp::protocols::http::endpoint: 127.0.0.1:${http}`,
    `receivers::otlp::protocols::grpc::endpoint: 127.0.0.1:${grpc}`,
    `service::telemetry::metrics::readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: ${metrics}}}}}]`,
    'exporters::debug::verbosity: detailed',
  ];
  const sources = [`file:${config}`, ...changes.map((change) => `yaml:${change}`)];
  const child = spawn(
    collector,
    sources.map((source) => `--config=${source}`),
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  const ready = new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('Everything is ready')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${log}`)));
  });
  const ended = once(child, 'close');
  t.teardown(() => child.kill('SIGKILL'));
  await ready;
  return {
    url: `http://127.0.0.1:${http}`,
    metrics: `http://127.0.0.1:${metrics}/metrics`,
    /** @returns its exit code and all that it said */
    async stop(): Promise<{ code: number | null; log: string }> {
      child.kill('SIGTERM');
      const [code] = (await ended) as [number | null];
      return { code, log };
    },
  };
}

t.test('what is built for these tests is what compose runs', async (t) => {
  const read = (name: string) => readFile(fileURLToPath(new URL(name, import.meta.url)), 'utf8');
  const [, tag] = /otel\/opentelemetry-collector:(\S+)/.exec(await read('../../docker/compose.yaml')) ?? [];
  t.match(parse(await read('collector-builder.yaml')), { dist: { version: tag } });
});

t.test('the collector takes its configuration as it stands', { skip }, async (t) => {
  const { status, stderr } = spawnSync(collector, ['validate', `--config=${config}`], { encoding: 'utf8' });
  t.equal(status, 0, stderr);
});

t.test('the gateway’s spans come through the collector', { skip }, async (t) => {
  const collector = await startCollector(t);
  const stub = await startStub(0, 0);
  t.teardown(() => {
    stub.closeAllConnections();
    stub.close();
  });
  const upstream = `http://127.0.0.1:${(stub.address() as AddressInfo).port}`;
  const gateway = await startReplica(t, upstream, 'models: { bank: { endpoint: bank-prod } }', {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const answer = await fetch(`${gateway.url}/predict/bank`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    body: '0'.concat(',0'.repeat(58)),
  });
  t.equal(answer.status, 200);
  // What is still to be sent goes out at the end.
  t.equal(await gateway.stop(), 0);
  const metrics = await (await fetch(collector.metrics)).text();
  t.match(metrics, /^otelcol_receiver_accepted_spans\S*\{.*transport="http".*\} \d+$/m);
  const { code, log } = await collector.stop();
  t.equal(code, 0);
  t.match(log, /service\.name: Str\(sagemaker-gateway\)/);
  const spans = [...log.matchAll(/Trace ID +: (\w+)[\s\S]*?Name +: (.+)/g)].map(([, trace, name]) => [trace, name]);
  for (const name of ['POST /predict/:model', 'SageMaker Runtime.InvokeEndpoint']) {
    t.strictSame(
      spans.find((span) => span[1] === name),
      [traceId, name],
    );
  }
});
