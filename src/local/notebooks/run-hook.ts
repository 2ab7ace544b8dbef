import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What SageMaker gives a lifecycle script. */
const limitMs = 5 * 60_000;

/** Runs a lifecycle script, which the API has in base64, in the notebook's folder. Rejects with what was wrong with it. */
export async function runHook(
  content: string,
  { folder, environment, onLine }: { folder: string; environment: Record<string, string>; onLine(line: string): void },
): Promise<void> {
  const child = spawn('bash', ['-s'], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  // A script that ends before it has read all of itself is none of our business.
  child.stdin.on('error', () => undefined);
  child.stdin.end(Buffer.from(content, 'base64'));
  let late = false;
  const alarm = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, limitMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => clearTimeout(alarm));
  if (late) throw new Error('took longer than 5 minutes');
  if (code !== 0) throw new Error(`failed with exit code ${code}`);
}
