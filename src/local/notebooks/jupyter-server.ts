import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** A Jupyter server of this machine. */
export interface JupyterServer {
  /** On loopback. */
  url: string;
  /** Lets whoever has it in. */
  token: string;
  /** Resolves with the exit code, 128 and more for a signal. */
  ended: Promise<number>;
  stop(): Promise<void>;
}

/** What starts a Jupyter server, the richest first. Their options that are used here are the same. */
const programs = ['jupyter-lab', 'jupyter-notebook', 'jupyter-server'];
const startupMs = 120_000;
const graceMs = 10_000;

/** The program on the PATH; undefined when there is no Jupyter on this machine. */
export async function findJupyter(path = process.env.PATH ?? ''): Promise<string | undefined> {
  for (const program of programs) {
    for (const folder of path.split(delimiter)) {
      const file = join(folder, program);
      const found = await access(file, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (found) return file;
    }
  }
  return undefined;
}

/** Starts a server on `folder` and resolves when it answers. Rejects with the reason when it does not come up. */
export async function startJupyter(
  program: string,
  { folder, environment, onLine }: { folder: string; environment: Record<string, string>; onLine(line: string): void },
): Promise<JupyterServer> {
  const port = await freePort();
  // By the environment, because the arguments of a process are everybody's to read.
  const token = randomBytes(24).toString('hex');
  const args = ['--ip=127.0.0.1', `--port=${port}`, '--port-retries=0', '--no-browser', '--allow-root'];
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, ...environment, JUPYTER_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const hide = (line: string) => onLine(line.replaceAll(token, '…'));
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', hide);
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)));
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = () => end(child);
  const settled = new AbortController();
  const failed = ended.then((code) => Promise.reject(new Error(`it ended with exit code ${code}`)));
  try {
    await Promise.race([answering(url, settled.signal), failed]);
  } catch (error) {
    await stop();
    throw new Error(`${program} did not start: ${(error as Error).message}`);
  } finally {
    settled.abort();
    // It will end one day, which is then no failure to start.
    failed.catch(() => undefined);
  }
  return { url, token, ended, stop };
}

/** Resolves when the server answers, or when `settled` tells that nobody waits any more. */
async function answering(url: string, settled: AbortSignal): Promise<void> {
  const deadline = Date.now() + startupMs;
  while (Date.now() < deadline && !settled.aborted) {
    // Tells its version to anybody.
    const answer = await fetch(`${url}/api`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`it does not answer after ${startupMs / 1000} s`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  const lastResort = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await closed;
  clearTimeout(lastResort);
}

/** A port that was free a moment ago: Jupyter cannot be told to choose one and say which. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
