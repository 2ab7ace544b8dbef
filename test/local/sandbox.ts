import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of the test's own, gone when the test is over. */
export async function sandbox(t: { teardown(work: () => Promise<void>): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'local-sagemaker-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
