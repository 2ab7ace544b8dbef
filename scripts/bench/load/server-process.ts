import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A server that was started for the bench, on one core. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  /** Processor time it used so far, s. */
  cpuSeconds(): number;
  /** Memory it holds now, bytes. */
  rssBytes(): number;
}

export interface Start {
  readonly core: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const clockTicks = 100;
const startMs = 60_000;
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

/** Starts a process on one core, with nothing of this shell's AWS settings. */
export function spawnPinned({ core, command, args, env = {} }: Start): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn('taskset', ['-c', String(core), command, ...args], {
    env: { PATH, HOME, AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/dev/null', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Its last lines, for when it does not start. Both streams are always read, so that a full pipe never stops the server. */
function tailOf(child: ChildProcess): { readonly text: () => string } {
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-2_000);
    });
  }
  return { text: () => tail };
}

/** Starts a server and waits for the address that it prints, or until it answers at the one given. */
export async function startServer(start: Start, knownUrl?: string): Promise<ServerProcess> {
  const child = spawnPinned(start);
  const tail = tailOf(child);
  const failed = (): Error => new Error(`${start.command} ${start.args[0] ?? ''} did not start:\n${tail.text()}`);
  const timer = setTimeout(() => child.kill('SIGKILL'), startMs);
  try {
    const url = await (knownUrl ? whenAnswering(child, knownUrl) : whenPrinted(child));
    if (url === undefined) throw failed();
    return handle(child, url);
  } finally {
    clearTimeout(timer);
  }
}

async function whenPrinted(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (url !== undefined) {
      child.stdout.resume();
      return url;
    }
  }
  return undefined;
}

async function whenAnswering(child: ChildProcess, url: string): Promise<string | undefined> {
  while (child.exitCode === null && child.signalCode === null) {
    const answered = await fetch(url).then(
      (response) => response.arrayBuffer().then(() => true),
      () => false,
    );
    if (answered) return url;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return undefined;
}

function handle(child: ChildProcess, url: string): ServerProcess {
  const proc = `/proc/${child.pid}`;
  return {
    url,
    cpuSeconds() {
      // Fields after the command's name, which may hold spaces: utime and stime are the 14th and 15th of all.
      const fields = readFileSync(`${proc}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / clockTicks;
    },
    rssBytes: () => Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`${proc}/status`, 'utf8'))?.[1]) * 1_024,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const killer = setTimeout(() => child.kill('SIGKILL'), 3_000);
      child.kill();
      await once(child, 'exit');
      clearTimeout(killer);
    },
  };
}
