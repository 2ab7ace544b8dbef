import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

/** The image to test, built before; without it these tests are skipped. */
export const image = process.env.IMAGE_UNDER_TEST ?? '';
export const skipped = image === '' ? 'IMAGE_UNDER_TEST names no image: no Docker engine here' : false;

const run = promisify(execFile);

/** Runs the docker client. @returns what it printed */
export async function docker(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run('docker', args, { maxBuffer: 1e7 });
  return args[0] === 'logs' ? stdout + stderr : stdout.trim();
}

/** As hardened as k8s/ and docker/ecs/ run it, and with less memory than they give. */
const hardened = [
  ...[
    '--read-only',
    '--cap-drop',
    'ALL',
    '--security-opt',
    'no-new-privileges',
    '--memory',
    '256m',
    '--memory-swap',
    '256m',
  ],
  '--pids-limit=200',
];

export class Container {
  readonly id: string;

  private constructor(id: string) {
    this.id = id;
  }

  static async start(
    options: readonly string[],
    env: Readonly<Record<string, string>> = {},
    name = image,
  ): Promise<Container> {
    const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    return new Container(await docker('run', '-d', ...hardened, ...options, ...variables, name));
  }

  logs(): Promise<string> {
    return docker('logs', this.id);
  }

  inspect(format: string): Promise<string> {
    return docker('inspect', '--format', format, this.id);
  }

  /** Runs JavaScript beside the gateway, in its network. */
  evaluate(script: string): Promise<string> {
    return docker('exec', this.id, 'node', '--input-type=module', '-e', script);
  }

  signal(name: string): Promise<string> {
    return docker('kill', '--signal', name, this.id);
  }

  /** @returns the exit code */
  async ended(): Promise<number> {
    return Number(await docker('wait', this.id));
  }

  /** Synchronous, so that nothing is left when a test fails. */
  remove(): void {
    spawnSync('docker', ['rm', '--force', '--volumes', this.id]);
  }
}

/** In front of a stand-in for AWS on loopback. */
export const awsEnv = (port: number, upstream: string): Record<string, string> => ({
  HOST: '127.0.0.1',
  PORT: String(port),
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL: upstream,
  SAGEMAKER_ENDPOINT_NAME: 'stub',
  SHUTDOWN_DELAY_MS: '1000',
});
