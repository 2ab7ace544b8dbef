import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { credentials } from '../load/contestants.ts';
import { cores } from '../load/cores.ts';
import { csvPayload } from '../load/payload.ts';
import { startServer } from '../load/server-process.ts';
import { freePort, type Peer, run } from './peer.ts';

const repository = 'https://github.com/awslabs/aws-sigv4-proxy';
const program = (folder: string) => join(folder, 'aws-sigv4-proxy');

export const awsSigv4Proxy: Peer = {
  name: 'aws-sigv4-proxy',
  difference: 'signs and forwards any bytes; checks no key, knows no models',
  path: '/endpoints/x/invocations',
  install(folder) {
    if (existsSync(program(folder))) return;
    // Its module has another name than its repository, which `go install` does not take.
    const source = join(folder, 'aws-sigv4-proxy-source');
    if (!existsSync(source)) run('git', ['clone', '--quiet', '--depth=1', repository, source]);
    run('go', ['build', '-C', source, '-o', program(folder), './cmd/aws-sigv4-proxy']);
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
