import { spawnSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { Payload } from '../load/payload.ts';
import type { ServerProcess } from '../load/server-process.ts';
import { writeTemporary } from '../load/temporary.ts';

/** Another program that can stand between a client and SageMaker. */
export interface Peer {
  readonly name: string;
  /** Where its work differs from the gateway's. */
  readonly difference: string;
  /** Installs it into the folder unless it is there. @throws Error with the reason */
  install(folder: string): void;
  start(folder: string, upstream: ServerProcess): Promise<ServerProcess>;
  readonly path: string;
  payload(upstream: ServerProcess): Payload;
}

/** Runs an installer. @throws Error with what it said last */
export function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const { status, stderr, error } = spawnSync(command, args, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 600_000,
  });
  if (error) throw new Error(`${command}: ${error.message}`);
  if (status !== 0) throw new Error(`${command}: ${stderr.trim().split('\n').at(-1)?.trim() ?? `status ${status}`}`);
}

/** A port that is free now, for programs that cannot say which they took. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export function jsonPayloadOf(name: string, value: unknown, headers: Readonly<Record<string, string>>): Payload {
  const body = Buffer.from(JSON.stringify(value));
  return { body, file: writeTemporary(name, body), headers: { 'content-type': 'application/json', ...headers } };
}
