import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';

/** The cores this process may run on: `0-1,4` of the kernel as numbers. */
function allowedCores(): number[] {
  const [, list = ''] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

const onPath = (tool: string): boolean => spawnSync('which', [tool]).status === 0;

/** Why a bench that pins its processes and needs these tools cannot run here; undefined when it can. */
export function missing(...tools: readonly string[]): string | undefined {
  if (platform() !== 'linux') return 'it needs Linux, for /proc and taskset';
  const absent = ['taskset', ...tools].filter((tool) => !onPath(tool));
  if (absent.length > 0) return `${absent.join(' and ')} not installed`;
  return measured === rest ? 'it needs two cores' : undefined;
}

const [rest = 0, measured = rest] = allowedCores();

/** What is measured has one core to itself; the upstream stub, the load and the bench share the other. */
export const cores = (): { readonly measured: number; readonly rest: number } => ({ measured, rest });

const stayOn = (list: string): unknown => spawnSync('taskset', ['-a', '-c', '-p', list, String(process.pid)]);

/** Does a bench's work on the core of the rest: what this process reads of a server's log would take time of the server's own core. */
export async function amongTheRest(work: () => Promise<void>): Promise<void> {
  stayOn(String(rest));
  try {
    await work();
  } finally {
    stayOn(`${rest},${measured}`);
  }
}
