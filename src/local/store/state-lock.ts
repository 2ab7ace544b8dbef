import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Locks of this process: in a container every start has the same pid, so a lock file that names it proves nothing. */
const held = new Set<string>();

/** Keeps a second process out of a state folder. Returns the release; throws, naming the holder's pid, while another process lives in it. */
export async function lockState(stateDir: string): Promise<() => Promise<void>> {
  await mkdir(stateDir, { recursive: true });
  const path = resolve(join(stateDir, 'lock'));
  const draft = `${path}.${process.pid}`;
  // Linked into place with its content, so that nobody can read a lock that does not name its holder yet.
  await writeFile(draft, String(process.pid));
  try {
    while (!(await claim(draft, path))) {
      const holder = Number(await readFile(path, 'utf8').catch(() => ''));
      if (held.has(path) || (holder !== process.pid && isAlive(holder))) {
        throw new Error(
          `The state folder ${stateDir} is in use by process ${holder}. Stop that process, or choose another folder.`,
        );
      }
      await discard(path);
    }
  } finally {
    await rm(draft, { force: true });
  }
  held.add(path);
  return async () => {
    held.delete(path);
    await rm(path, { force: true });
  };
}

async function claim(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Renamed before it is removed: of two processes that find the same dead holder, one alone gets to remove its lock. */
async function discard(path: string): Promise<void> {
  const dead = `${path}.${process.pid}.dead`;
  await rename(path, dead).catch(() => undefined);
  await rm(dead, { force: true });
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
