import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Command } from './images.ts';

/** What SageMaker gives a container between SIGTERM and SIGKILL. */
const grace = 120_000;

export interface Run {
  /** Exit code; 128 + signal number, as a shell has it, when a signal ended the program. Rejects when it cannot be started. */
  done: Promise<number>;
  /** SIGTERM, and SIGKILL when the grace is over. */
  stop(): void;
  kill(): void;
}

/** Runs `<command> <args> train`, every line of its output going to `onLine`. It gets none of this process's environment but the PATH. */
export function runContainer(
  { command, args }: Command,
  environment: Record<string, string>,
  onLine: (line: string) => void,
): Run {
  const child = spawn(command, [...args, 'train'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  let lastResort: NodeJS.Timeout | undefined;
  const done = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    // `close`, not `exit`: the last lines may still be in the pipes.
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal === 'SIGKILL' ? 9 : 15)));
  }).finally(() => clearTimeout(lastResort));
  return {
    done,
    stop: () => {
      child.kill('SIGTERM');
      lastResort ??= setTimeout(() => child.kill('SIGKILL'), grace);
    },
    kill: () => child.kill('SIGKILL'),
  };
}
