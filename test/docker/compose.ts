import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Docker Compose: the program that DOCKER_COMPOSE names, else the plug-in of the client. */
const [program, ...first] = process.env.DOCKER_COMPOSE ? [process.env.DOCKER_COMPOSE] : ['docker', 'compose'];
export const withoutCompose =
  spawnSync(program, [...first, 'version']).status === 0
    ? false
    : 'the compose plugin of Docker is not installed, and DOCKER_COMPOSE names no program';

const file = fileURLToPath(new URL('../../docker/compose.yaml', import.meta.url));
const run = promisify(execFile);

/** What docker/compose.yaml says, as a project of its own. */
export class Project {
  readonly #name = `sagemaker-gateway-test-${process.pid}`;
  readonly #env: Readonly<Record<string, string>>;

  /** @param env fills in the variables of the file; nothing else does, what AWS the tester has least of all */
  constructor(env: Readonly<Record<string, string>>) {
    const { PATH = '', HOME = '', DOCKER_HOST } = process.env;
    this.#env = { PATH, HOME, ...(DOCKER_HOST ? { DOCKER_HOST } : {}), ...env };
  }

  get #args(): string[] {
    return [...first, '-p', this.#name, '-f', file];
  }

  /** @returns what it printed @throws with what it complained of */
  async run(...args: string[]): Promise<string> {
    const { stdout } = await run(program, [...this.#args, ...args], { env: this.#env, maxBuffer: 1e7 });
    return stdout;
  }

  /** What a service has written to either stream. */
  logs(service: string): Promise<string> {
    return this.run('logs', '--no-color', '--no-log-prefix', service);
  }

  /** Synchronous, so that nothing is left when a test fails. */
  remove(): void {
    spawnSync(program, [...this.#args, 'down', '--volumes', '--timeout', '5'], { env: this.#env });
  }
}
