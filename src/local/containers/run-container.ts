import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Launch } from './container-runtime.ts';

export interface Run {
  /** Exit code; 128 + signal number, as a shell has it, when a signal ended the program. Rejects when it cannot be started. */
  done: Promise<number>;
  /** SIGTERM, and SIGKILL when the grace is over. */
  stop(): void;
  kill(): void;
}

export interface RunOptions {
  /** The contract's word, `train` or `serve`, or what the job says in its place. */
  words: readonly string[];
  /** Between SIGTERM and SIGKILL, ms. */
  grace: number;
  onLine(line: string): void;
}

/** Runs a program with every line of its output going to `onLine`. It gets none of this process's environment but PATH and HOME. */
export function runContainer({ command, environment }: Launch, { words, grace, onLine }: RunOptions): Run {
  const child = spawn(command.command, [...command.args, ...words], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  let lastResort: NodeJS.Timeout | undefined;
  const kill = () => {
    child.kill('SIGKILL');
    command.kill?.();
  };
  const done = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    // `close`, not `exit`: the last lines may still be in the pipes.
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal === 'SIGKILL' ? 9 : 15)));
  }).finally(() => clearTimeout(lastResort));
  return {
    done,
    stop: () => {
      child.kill('SIGTERM');
      lastResort ??= setTimeout(kill, grace);
    },
    kill,
  };
}
