import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { credentials } from '../load/contestants.ts';
import { cores } from '../load/cores.ts';
import { csvRow } from '../load/payload.ts';
import { startServer } from '../load/server-process.ts';
import { freePort, jsonPayloadOf, type Peer, run } from './peer.ts';

// 1.15.2 answers every call of SageMaker with 500, "immutable headers".
const version = '1.9.8';
const program = (folder: string) => join(folder, 'portkey/node_modules/@portkey-ai/gateway/build/start-server.js');

export const portkey: Peer = {
  name: `Portkey gateway ${version}`,
  difference: 'JSON only; signs; checks no key',
  path: '/v1/endpoints/x/invocations',
  install(folder) {
    if (existsSync(program(folder))) return;
    const options = ['--no-audit', '--no-fund', '--loglevel=error', '--prefix', join(folder, 'portkey')];
    run('npm', ['install', ...options, `@portkey-ai/gateway@${version}`]);
  },
  async start(folder) {
    const port = await freePort();
    const start = {
      core: cores().measured,
      command: process.execPath,
      // It listens on all addresses and has no setting for that.
      args: [
        '--import',
        join(import.meta.dirname, 'loopback-only.mjs'),
        program(folder),
        `--port=${port}`,
        '--headless',
      ],
      env: { NODE_ENV: 'production' },
    };
    return startServer(start, `http://127.0.0.1:${port}`);
  },
  payload: ({ url }) =>
    jsonPayloadOf(
      'portkey.json',
      { data: csvRow },
      {
        'x-portkey-provider': 'sagemaker',
        'x-portkey-custom-host': url,
        'x-portkey-aws-region': credentials.AWS_REGION,
        'x-portkey-aws-access-key-id': credentials.AWS_ACCESS_KEY_ID,
        'x-portkey-aws-secret-access-key': credentials.AWS_SECRET_ACCESS_KEY,
      },
    ),
};
