// The embedded SageMaker alone, for any AWS SDK:
// `npm run local-sagemaker [-- --port 4566 --state DIR --time-scale 1 --image 'my-model:*=python3 model.py']`.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalSageMaker } from '../src/local/start.ts';
import { proxyIdentity } from './proxy-identity.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4566' },
    state: { type: 'string', default: '.local' },
    image: { type: 'string', multiple: true, default: [] },
    'time-scale': { type: 'string', default: '1' },
  },
});

/** `PATTERN=COMMAND`, where a command may have more of the sign. */
function binding(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new Error(`--image takes PATTERN=COMMAND, not "${text}".`);
  return [text.slice(0, at), text.slice(at + 1)];
}

const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1';
const identity = await proxyIdentity(join(values.state, 'proxy'), region);
const { url, accountId, close } = await startLocalSageMaker({
  port: Number(values.port),
  region,
  proxyIdentity: identity,
  stateDir: values.state,
  images: Object.fromEntries(values.image.map(binding)),
  timeScale: Number(values['time-scale']),
});
console.log(`The embedded SageMaker of account ${accountId} listens. For any AWS SDK or the AWS CLI:

export AWS_ENDPOINT_URL=${url}
export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}
export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local

The SageMaker Python SDK asks STS at AWS's own address, whatever it is told. So that this one answers:

export HTTPS_PROXY=${url} AWS_CA_BUNDLE=${identity.file}

Its state is in ${values.state}. Ctrl-C stops it.`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());
