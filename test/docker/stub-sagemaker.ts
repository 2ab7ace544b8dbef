// A SageMaker runtime of which only the time it takes matters: `node stub-sagemaker.ts PORT MILLISECONDS`.
import { createServer, type Server } from 'node:http';

/** @param delayMs how long a prediction takes */
export function startStub(port: number, delayMs: number): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      setTimeout(() => response.writeHead(200, { 'content-type': 'text/csv' }).end('0.5'), delayMs).unref();
    });
  });
  server.keepAliveTimeout = 120_000;
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

if (import.meta.main) await startStub(Number(process.argv[2]), Number(process.argv[3]));
