import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';

/**
 * Kills the programs that a killed process has left behind: they are known by the SM_PREFIX that they were given, inside `folder`, which Linux shows
 * in /proc. Elsewhere an orphan ends by itself, at the latest when it next writes to its log.
 */
export async function killOrphans(folder: string): Promise<void> {
  const mark = `SM_PREFIX=${folder}${sep}`;
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  await Promise.all(
    pids.map(async (pid) => {
      // Those of other users cannot be read, and are none of ours.
      const environment = await readFile(join('/proc', pid, 'environ'), 'utf8').catch(() => '');
      if (environment.split('\0').some((variable) => variable.startsWith(mark))) process.kill(Number(pid), 'SIGKILL');
    }),
  );
}
