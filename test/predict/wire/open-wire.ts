import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { EventStreamCodec } from '@smithy/core/event-streams';
import Fastify from 'fastify';
import type { Test } from 'tap';
import errors from '../../../src/plugins/errors.ts';
import lifecycle from '../../../src/plugins/lifecycle.ts';
import requestIdPlugin, { requestId } from '../../../src/plugins/request-id.ts';
import { schemaController } from '../../../src/plugins/schema-compilers.ts';
import wire, { type WireOptions } from '../../../src/predict/wire/routes.ts';
import { resolveRuntimeTarget } from '../../../src/sagemaker/runtime-target.ts';
import { recordingServer } from '../../sagemaker/recording-server.ts';

export const region = 'eu-west-1';
export const own = {
  accessKeyId: 'AKIDGATEWAY',
  secretAccessKey: 'of-the-gateway',
  sessionToken: 'token-of-the-gateway',
};
const callers = { accessKeyId: 'AKIDCALLER', secretAccessKey: 'of-the-caller', sessionToken: 'token-of-the-caller' };

/** The routes before a server that records and answers as told, and why each request failed, if it did. */
export async function openWire(t: Test, options: Partial<WireOptions> = {}) {
  const upstream = await recordingServer(t);
  const own_ = new SageMakerRuntimeClient({ endpoint: `${upstream.url}/base`, region, credentials: own });
  const app = Fastify({
    genReqId: requestId,
    routerOptions: { maxParamLength: 256 },
    schemaController,
    bodyLimit: 1_000_000,
  });
  await app.register(requestIdPlugin);
  await app.register(errors);
  await app.register(lifecycle);
  await app.register(wire, { prefix: '/endpoints', target: () => resolveRuntimeTarget(own_), ...options });
  const failures: (string | undefined)[] = [];
  app.addHook('onResponse', async ({ failure }) => {
    failures.push(failure?.code);
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const sdk = new SageMakerRuntimeClient({ endpoint: url, region: 'us-east-1', credentials: callers, maxAttempts: 1 });
  t.teardown(async () => {
    sdk.destroy();
    own_.destroy();
    await upstream.stop();
    await app.close();
  });
  const post = (path: string, body: string | Buffer = '1,2', headers: Record<string, string> = {}) =>
    fetch(`${url}/endpoints/${path}`, { method: 'POST', body: body as string, headers });
  return { app, upstream, url, sdk, post, failures };
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString(),
  (string) => Buffer.from(string),
);
export const event = (headers: Record<string, string>, body: string): Buffer =>
  Buffer.from(
    codec.encode({
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }]),
      ),
      body: Buffer.from(body),
    }),
  );
/** An event with a piece of the answer. */
export const part = (body: string) =>
  event({ ':message-type': 'event', ':event-type': 'PayloadPart', ':content-type': 'application/octet-stream' }, body);
export const streamHeaders = {
  'content-type': 'application/vnd.amazon.eventstream',
  'X-Amzn-SageMaker-Content-Type': 'text/plain',
  'x-Amzn-Invoked-Production-Variant': 'blue',
};
