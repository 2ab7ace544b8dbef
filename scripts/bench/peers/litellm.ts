import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { credentials } from '../load/contestants.ts';
import { cores } from '../load/cores.ts';
import { csvRow } from '../load/payload.ts';
import { startServer } from '../load/server-process.ts';
import { writeTemporary } from '../load/temporary.ts';
import { freePort, jsonPayloadOf, type Peer, run } from './peer.ts';

const version = '1.106.2';
const key = `sk-${randomBytes(24).toString('hex')}`;
const program = (folder: string) => join(folder, 'litellm/bin/litellm');

export const litellm: Peer = {
  name: `LiteLLM proxy ${version}`,
  difference: 'JSON only, the row as a prompt; signs; checks a key',
  path: '/v1/completions',
  install(folder) {
    if (existsSync(program(folder))) return;
    run('python3', ['-m', 'venv', join(folder, 'litellm')]);
    run(join(folder, 'litellm/bin/pip'), ['install', '--quiet', `litellm[proxy]==${version}`]);
  },
  async start(folder, upstream) {
    const port = await freePort();
    const model = {
      model: 'sagemaker/x',
      sagemaker_base_url: `${upstream.url}/endpoints/x/invocations`,
      aws_access_key_id: credentials.AWS_ACCESS_KEY_ID,
      aws_secret_access_key: credentials.AWS_SECRET_ACCESS_KEY,
      aws_region_name: credentials.AWS_REGION,
    };
    const config = { model_list: [{ model_name: 'x', litellm_params: model }] };
    const start = {
      core: cores().measured,
      command: program(folder),
      args: [
        ...['--config', writeTemporary('litellm.yaml', JSON.stringify(config))],
        ...['--host', '127.0.0.1', '--port', String(port), '--num_workers', '1', '--telemetry', 'False'],
      ],
      // The map of prices would be fetched from the network.
      env: { LITELLM_MASTER_KEY: key, LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_LOG: 'ERROR', HOME: folder },
    };
    return startServer(start, `http://127.0.0.1:${port}`);
  },
  payload: () => jsonPayloadOf('litellm.json', { model: 'x', prompt: csvRow }, { authorization: `Bearer ${key}` }),
};
