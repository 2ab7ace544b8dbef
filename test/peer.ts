import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

/** The Python whose clients the gateway is tested with. */
export const python = process.env.PEER_PYTHON ?? 'python3';

/** Peers whose pins contradict the others' have an environment of their own. */
const apart: Readonly<Record<string, string | undefined>> = {
  kserve: process.env.PEER_PYTHON_KSERVE,
  mlserver: process.env.PEER_PYTHON_MLSERVER,
  sagemaker: process.env.PEER_PYTHON_SAGEMAKER,
};

const run = promisify(execFile);

function pythonOf(module: string): string {
  return apart[module.split('.')[0] ?? ''] ?? python;
}

/** Why a test with these modules of one environment is to be skipped; false when it is not. */
export function peerMissing(...modules: readonly [string, ...string[]]): string | false {
  const home = pythonOf(modules[0]);
  const { status } = spawnSync(home, ['-c', `import ${modules.join(', ')}`]);
  return status === 0 ? false : `${home} has no ${modules.join(' or ')}`;
}

/** What a Python script of a peer prints last, a line of JSON. Not a synchronous call: the gateway runs in this process. */
export async function runPeer(
  script: string,
  env: Readonly<Record<string, string>>,
  { peer = '', timeout = 60_000 }: { peer?: string; timeout?: number } = {},
): Promise<Record<string, unknown>> {
  const { stdout } = await run(pythonOf(peer), ['-c', script], {
    env: { PATH: process.env.PATH ?? '', ...env },
    timeout,
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;
}
