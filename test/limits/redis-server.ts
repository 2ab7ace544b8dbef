import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Test } from 'tap';

/** Why tests with a real Redis are skipped; false when they are not. */
export const redisMissing = (): string | false =>
  spawnSync('redis-server', ['--version']).status === 0 ? false : 'there is no redis-server on the PATH';

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export interface RedisServer {
  readonly url: string;
  /** Ends it without a farewell. */
  kill(): Promise<void>;
  /** Starts it again with what it had on its disk. */
  start(): Promise<void>;
}

/** A Redis of the test's own that hands every change to the system before it answers. */
export async function startRedis(t: Test): Promise<RedisServer> {
  const dir = await mkdtemp(join(tmpdir(), 'sagemaker-gateway-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes'];
    child = spawn('redis-server', [...args, '--appendfsync', 'everysec', '--dir', dir], { stdio: 'ignore' });
    const probe = new Redis(url, { lazyConnect: true, retryStrategy: () => 50 });
    probe.on('error', () => {});
    while ((await probe.ping().catch(() => '')) !== 'PONG') await sleep(50);
    probe.disconnect();
  }
  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  await start();
  t.teardown(async () => {
    await kill();
    await rm(dir, { recursive: true, force: true });
  });
  return { url, kill, start };
}
