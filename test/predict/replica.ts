import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { sandbox } from '../local/sandbox.ts';

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** A gateway as a process of its own, on an AWS that is somewhere else. */
export async function startReplica(t: Test, awsUrl: string, gatewayYaml: string, env: Record<string, string> = {}) {
  const folder = await sandbox(t);
  const config = join(folder, 'gateway.yaml');
  await writeFile(config, gatewayYaml);
  const port = await freePort();
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/main.ts')], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env.PATH,
      GATEWAY_MODE: 'aws',
      GATEWAY_CONFIG: config,
      PORT: String(port),
      LOG_LEVEL: 'error',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: awsUrl,
      AWS_ENDPOINT_URL_S3: awsUrl,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      ...env,
    },
  });
  const exited = once(child, 'exit');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const url = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error('The gateway did not start');
    await sleep(50);
  }
  return {
    url,
    pid: child.pid,
    /** As a container is stopped. @returns the exit code when it has ended */
    async stop(): Promise<number | null> {
      child.kill('SIGTERM');
      const [code] = (await exited) as [number | null];
      return code;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
