import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Command } from '../training/images.ts';

const run = promisify(execFile);

/** How a Docker engine is found: what the docker client reads. */
export const dockerEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    ['DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG', 'DOCKER_CERT_PATH', 'DOCKER_TLS_VERIFY'].flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  );

/** An image of a Docker engine. */
export interface DockerImage {
  /** `name:tag` each. */
  readonly references: readonly string[];
  readonly digest: string;
  /** Epoch seconds. */
  readonly createdAt: number;
  readonly sizeBytes: number;
}

export interface ContainerRun {
  image: string;
  /** Folder on this machine by path in the container. */
  mounts: Readonly<Record<string, string>>;
  environment: Readonly<Record<string, string>>;
  /** In place of the image's own. */
  entrypoint?: readonly string[];
}

/** A Docker engine, by its own client: the contract is a command line, and the client finds the engine as its user has set it up. */
export class Docker {
  /** Every container is labelled with it, so that those of a killed process are found. */
  readonly #owner: string;
  /** An engine without a bridge shares the host's network, and its containers must listen where they are told. */
  readonly hasBridge: boolean;

  private constructor(owner: string, hasBridge: boolean) {
    this.#owner = owner;
    this.hasBridge = hasBridge;
  }

  /** Undefined where no engine answers within 5 s. Containers that `owner` left behind are removed. */
  static async find(owner: string): Promise<Docker | undefined> {
    try {
      await docker('version', '--format', '{{.Server.Version}}');
    } catch {
      return undefined;
    }
    const hasBridge = await docker('network', 'inspect', 'bridge').then(
      () => true,
      () => false,
    );
    const engine = new Docker(owner, hasBridge);
    const left = await docker('ps', '--all', '--quiet', '--filter', `label=${engine.#label}`);
    if (left !== '') await docker('rm', '--force', ...left.split('\n'));
    return engine;
  }

  get #label(): string {
    return `local-sagemaker=${this.#owner}`;
  }

  /** What runs a container in the foreground: its output is the client's, which hands SIGTERM on and ends with its exit code. */
  command(name: string, { image, mounts, environment, entrypoint = [] }: ContainerRun): Command {
    const network = this.hasBridge ? ['--publish', `127.0.0.1::${containerPort}`] : ['--network', 'host'];
    const [program, ...first] = entrypoint;
    return {
      command: 'docker',
      args: [
        ...['run', '--rm', '--name', name, '--label', this.#label, ...network],
        ...Object.entries(mounts).flatMap(([path, folder]) => ['--volume', `${folder}:${path}`]),
        ...Object.entries(environment).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]),
        ...(program === undefined ? [] : ['--entrypoint', program]),
        image,
        ...first,
      ],
      notRun: 125,
      // SIGKILL ends the client only.
      kill: () => void docker('kill', name).catch(() => undefined),
    };
  }

  async images(): Promise<DockerImage[]> {
    const ids = await docker('image', 'ls', '--quiet', '--no-trunc');
    if (ids === '') return [];
    const format =
      '{"references":{{json .RepoTags}},"digest":{{json .Id}},"created":{{json .Created}},"sizeBytes":{{.Size}}}';
    // One that is removed meanwhile fails all of it.
    const lines = await docker('image', 'inspect', '--format', format, ...new Set(ids.split('\n'))).catch(() => '');
    return lines.split('\n').flatMap((line) => {
      if (line === '') return [];
      const { references, created, ...image } = JSON.parse(line);
      return [{ ...image, references: references ?? [], createdAt: Date.parse(created) / 1000 }];
    });
  }

  /** The port on this machine behind a container's 8080; undefined while there is none yet. */
  async portOf(name: string): Promise<number | undefined> {
    const address = await docker('port', name, String(containerPort)).catch(() => '');
    const port = /:(\d+)$/m.exec(address)?.[1];
    return port === undefined ? undefined : Number(port);
  }
}

/** Where a container serves, says its contract. */
const containerPort = 8080;

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { timeout: 5_000 });
  return stdout.trim();
}
