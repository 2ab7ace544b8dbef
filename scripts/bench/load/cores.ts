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
  return allowedCores().length < 2 ? 'it needs two cores' : undefined;
}

/** What is measured has one core to itself; the upstream stub and the load share the other. */
export function cores(): { readonly measured: number; readonly rest: number } {
  const [rest = 0, measured = 0] = allowedCores();
  return { measured, rest };
}
