// HEALTHCHECK of the image and of the ECS task: no shell and no curl is in it. Alive, not ready: what runs the container would restart it for nothing.
import { get } from 'node:http';

const { HOST: host = '127.0.0.1', PORT: port = '8080' } = process.env;
const anywhere = host === '0.0.0.0' || host === '::';

get({ host: anywhere ? '127.0.0.1' : host, port, path: '/healthz', timeout: 2_000 }, (response) => {
  response.resume();
  process.exitCode = response.statusCode === 200 ? 0 : 1;
})
  .on('timeout', function expire() {
    this.destroy(new Error('no answer within 2 s'));
  })
  .on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
