// One replica of a gateway whose model answers at once, in a process of its own: `replica.ts CONFIGURATION`. Prints its address; ends with its input.
import { pino } from 'pino';
import { buildApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createAws } from '../../src/sagemaker/aws.ts';

const config = loadConfig({ GATEWAY_MODE: 'aws' }, process.argv[2]);
const aws = createAws(config, {
  endpoint: 'http://127.0.0.1:9',
  region: 'us-east-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
});
const invoker = {
  invoke: async () => ({ contentType: 'text/csv', body: Buffer.from('0.5\n'), headers: {} }),
  close: async () => {},
};
const app = await buildApp(config, { aws, invoker, logger: pino({ level: 'warn' }, pino.destination(2)) });
console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
process.stdin.resume().on('end', async () => {
  await app.close();
  aws.close();
});
