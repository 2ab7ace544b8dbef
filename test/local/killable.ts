import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';

const children: ChildProcess[] = [];
t.teardown(() => children.map((child) => child.kill('SIGKILL')));

/** The embedded SageMaker as a process of its own, with `jupyterPath` to look for Jupyter. */
export async function serve(stateDir: string, jupyterPath = '') {
  const args = [join(import.meta.dirname, 'serve.ts'), stateDir, jupyterPath];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    url,
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
