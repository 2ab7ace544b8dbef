// A container that does what the tests of odd ones ask.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const prefix = process.env.SM_PREFIX;

if (process.argv[2] === 'train') {
  writeFileSync(join(prefix, 'model/model.txt'), 'a model');
  const { wait } = JSON.parse(readFileSync(join(prefix, 'input/config/hyperparameters.json'), 'utf8'));
  if (wait) {
    const alive = setInterval(() => undefined, 1000);
    process.once('SIGTERM', () => {
      console.log('SIGTERM');
      clearInterval(alive);
    });
    console.log('waiting');
  }
} else {
  readFileSync(join(prefix, 'model/model.txt'));
  let healthy = 0;
  let opened = process.pid * 1000;
  const server = createServer(async (request, response) => {
    // Not at once, as one that loads a large model.
    if (request.url === '/ping') return response.writeHead(healthy++ < 3 ? 503 : 200).end();
    const body = await text(request);
    if (body === 'exit') process.exit(1);
    if (body.startsWith('hang')) return console.log('hanging');
    const { 'x-amzn-sagemaker-custom-attributes': attributes = '', 'x-amzn-sagemaker-session-id': session } =
      request.headers;
    const [verb, expires] = body.split(' ');
    if (verb === 'open') response.setHeader('X-Amzn-SageMaker-New-Session-Id', `s-${++opened}; Expires=${expires}`);
    if (verb === 'close') response.setHeader('X-Amzn-SageMaker-Closed-Session-Id', session);
    return response.end(JSON.stringify({ pid: process.pid, greeting: process.env.GREETING, attributes, session }));
  });
  server.listen(Number(process.env.SAGEMAKER_BIND_TO_PORT));
  process.once('SIGTERM', () => process.exit());
}
