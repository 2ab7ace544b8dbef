import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

/** The Python whose clients the gateway is tested with. */
export const python = process.env.PEER_PYTHON ?? 'python3';

const run = promisify(execFile);

/** Why a test with these modules is to be skipped; false when it is not. */
export function peerMissing(...modules: readonly string[]): string | false {
  const { status } = spawnSync(python, ['-c', `import ${modules.join(', ')}`]);
  return status === 0 ? false : `${python} has no ${modules.join(' or ')}`;
}

/** What a Python script prints last, a line of JSON. Not a synchronous call: the gateway runs in this process. */
export async function runPeer(
  script: string,
  env: Readonly<Record<string, string>>,
  timeout = 60_000,
): Promise<Record<string, unknown>> {
  const { stdout } = await run(python, ['-c', script], {
    env: { PATH: process.env.PATH ?? '', ...env },
    timeout,
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;
}
