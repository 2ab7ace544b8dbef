import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Test } from 'tap';
import { type App, buildApp } from '../src/app.ts';
import { loadConfig } from '../src/config/load.ts';
import type { Config } from '../src/config/schema.ts';
import { type LocalSageMaker, type LocalSageMakerOptions, startLocalSageMaker } from '../src/local/start.ts';
import { type Aws, createAws } from '../src/sagemaker/aws.ts';
import { createInvoker } from '../src/sagemaker/invoke.ts';
import { resolveRuntimeTarget } from '../src/sagemaker/runtime-target.ts';
import { Workspace } from '../src/sagemaker/workspace.ts';
import { permitOnly } from './permitted.ts';

export interface TestGateway {
  readonly app: App;
  /** Of the gateway, which listens on a port of its own. */
  readonly url: string;
  readonly local: LocalSageMaker;
  readonly aws: Aws;
  /** What the gateway keeps in S3. */
  readonly workspace: Workspace;
  /** The lines that the gateway logged. */
  readonly log: readonly Record<string, unknown>[];
}

/** A gateway in front of an embedded SageMaker of its own, both gone when the test has ended. */
export async function startGateway(
  t: Test,
  settings: Partial<Config> = {},
  localOptions: Partial<LocalSageMakerOptions> = {},
): Promise<TestGateway> {
  // Not t.testdir(), which is removed while the embedded SageMaker still writes.
  const stateDir = await mkdtemp(join(tmpdir(), 'sagemaker-gateway-'));
  const local = await startLocalSageMaker({ stateDir, ...localOptions });
  const config: Config = {
    ...loadConfig({ GATEWAY_MODE: 'local', SAGEMAKER_ROLE_ARN: `arn:aws:iam::${local.accountId}:role/gateway` }),
    ...settings,
  };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const aws = createAws(config, { endpoint: local.url, region: local.region, credentials });
  const invoker = createInvoker(await resolveRuntimeTarget(aws.runtime));
  const log: Record<string, unknown>[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => log.push(JSON.parse(line)) });
  const app = await buildApp(config, { aws, invoker, logger });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const refused = permitOnly(app, aws);
  t.teardown(async () => {
    await app.close();
    await invoker.close();
    aws.close();
    await local.close();
    await rm(stateDir, { recursive: true });
    if (refused.length > 0) throw new Error(`Not in x-aws-actions: ${refused.join('; ')}`);
  });
  return { app, url, local, aws, workspace: new Workspace(aws, config.aws), log };
}
