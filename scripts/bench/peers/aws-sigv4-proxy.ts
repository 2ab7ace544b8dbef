import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { credentials } from '../load/contestants.ts';
import { cores } from '../load/cores.ts';
import { csvPayload } from '../load/payload.ts';
import { startServer } from '../load/server-process.ts';
import { freePort, type Peer, run } from './peer.ts';

const program = (folder: string) => join(folder, 'aws-sigv4-proxy');

export const awsSigv4Proxy: Peer = {
  name: 'aws-sigv4-proxy',
  difference: 'signs and forwards any bytes; checks no key, knows no models',
  path: '/endpoints/x/invocations',
  install(folder) {
    if (existsSync(program(folder))) return;
    run('go', ['install', 'github.com/awslabs/aws-sigv4-proxy/cmd/aws-sigv4-proxy@latest'], { GOBIN: folder });
  },
  async start(folder, upstream) {
    const port = await freePort();
    const start = {
      core: cores().measured,
      command: program(folder),
      args: [
        ...['--name', 'sagemaker', '--region', credentials.AWS_REGION, '--port', `127.0.0.1:${port}`],
        ...['--host', new URL(upstream.url).host, '--upstream-url-scheme', 'http'],
      ],
      env: credentials,
    };
    return startServer(start, `http://127.0.0.1:${port}`);
  },
  payload: csvPayload,
};
