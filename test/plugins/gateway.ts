import { pino } from 'pino';
import type { Test } from 'tap';
import { type App, buildApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createAws } from '../../src/sagemaker/aws.ts';
import type { Invocation, Invoker } from '../../src/sagemaker/invoke.ts';

export interface DoorGateway {
  readonly app: App;
  /** What the gateway logged. */
  readonly log: Record<string, unknown>[];
}

const models = { bank: { endpoint: 'bank' }, secret: { endpoint: 'secret' } };

/** A gateway whose models answer 0.5 at once and that has no AWS: what passes the door to anything else fails behind it. */
export async function doorGateway(
  t: Test,
  settings: Readonly<Record<string, unknown>>,
  invoke?: (invocation: Invocation) => ReturnType<Invoker['invoke']>,
): Promise<DoorGateway> {
  const config = loadConfig({ GATEWAY_MODE: 'aws' }, JSON.stringify({ models, defaultModel: 'bank', ...settings }));
  const invoker: Invoker = {
    invoke:
      invoke ??
      (async () => ({
        contentType: 'text/csv',
        body: Buffer.from('0.5\n'),
        headers: { 'x-amzn-requestid': 'of-sagemaker' },
      })),
    close: async () => {},
  };
  const aws = createAws(config, {
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const log: Record<string, unknown>[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => log.push(JSON.parse(line)) });
  const app = await buildApp(config, { aws, invoker, logger });
  t.teardown(async () => {
    await app.close();
    aws.close();
  });
  return { app, log };
}
