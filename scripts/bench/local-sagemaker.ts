import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import type { ModelServer } from '../../src/local/hosting/model-server.ts';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { type Print, printFigure } from './report.ts';
import { quantile } from './statistics.ts';

const endpoints = 1_000;
const objects = 10_000;

const answer = { status: 200, contentType: 'text/plain', body: Buffer.from('1') };
const server: ModelServer = {
  invoke: async () => answer,
  stream: async () => ({ ...answer, body: [answer.body] }),
  close: async () => undefined,
};

/** How long the embedded SageMaker takes for a call when it holds much: endpoints are described and listed, objects listed. */
export async function benchLocalSageMaker(print: Print): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), 'bench-local-'));
  const local = await startLocalSageMaker({ stateDir, modelServers: { '*bench*': async () => server } });

  async function call(method: string, path: string, headers: Record<string, string>, body: string): Promise<string> {
    const response = await request(`${local.url}${path}`, { method: method as 'POST', headers, body });
    const text = await response.body.text();
    if (response.statusCode >= 400) throw new Error(`${method} ${path}: ${text}`);
    return text;
  }
  const sagemaker = async (action: string, input: object): Promise<Record<string, unknown>> => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `SageMaker.${action}` };
    return JSON.parse((await call('POST', '/', headers, JSON.stringify(input))) || '{}');
  };
  const s3 = (method: string, path: string) => call(method, path, {}, '');

  try {
    await sagemaker('CreateModel', { ModelName: 'm', PrimaryContainer: { Image: 'bench:1' } });
    const variant = { VariantName: 'A', ModelName: 'm', InitialInstanceCount: 1, InstanceType: 'ml.m5.large' };
    await sagemaker('CreateEndpointConfig', { EndpointConfigName: 'c', ProductionVariants: [variant] });
    const names = Array.from({ length: endpoints }, (_, at) => `endpoint-${at}`);
    await inTurns(names, (name) => sagemaker('CreateEndpoint', { EndpointName: name, EndpointConfigName: 'c' }));
    await s3('PUT', '/bucket');
    const keys = Array.from({ length: objects }, (_, at) => `prefix/object-${at}`);
    await inTurns(keys, (key) => s3('PUT', `/bucket/${key}`));

    print(`the embedded SageMaker with ${endpoints} endpoints and ${objects} objects, ms a call, median and longest:`);
    await timed(print, 'DescribeEndpoint', names, (name) => sagemaker('DescribeEndpoint', { EndpointName: name }));
    let token: unknown;
    await timed(print, 'ListEndpoints, 100 a page', names.slice(0, endpoints / 100), async () => {
      ({ NextToken: token } = await sagemaker('ListEndpoints', {
        MaxResults: 100,
        ...(token ? { NextToken: token } : {}),
      }));
    });
    let after = '';
    await timed(print, 'ListObjectsV2, 1,000 a page', keys.slice(0, objects / 1_000), async () => {
      const page = await s3('GET', `/bucket?list-type=2&start-after=${encodeURIComponent(after)}`);
      after = /.*<Key>([^<]*)<\/Key>/s.exec(page)?.[1] ?? '';
    });
  } finally {
    await local.close();
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function timed<T>(print: Print, name: string, items: T[], call: (item: T) => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (const item of items) {
    const began = performance.now();
    await call(item);
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const [middle, longest] = [quantile(times, 0.5), times.at(-1) ?? 0];
  printFigure(print, name, `${middle.toFixed(1)} / ${longest.toFixed(1)} ms`, 'under 50 ms is asked');
}

/** Twenty at once. */
async function inTurns<T>(items: T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (const item of left) await work(item);
    }),
  );
}
