import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { boundCommand, type Command, type Images, isXgboostImage, xgboostTrainer } from '../training/images.ts';
import { Docker, type DockerImage, dockerEnvironment } from './docker.ts';
import { hostPath } from './host-path.ts';

/** A program that is ready to be started, and what it is to find in its environment. */
export interface Launch {
  command: Command;
  environment: Readonly<Record<string, string>>;
}

/** A server: `port` asks where it listens, which a container has only once it runs. */
export interface ServerLaunch extends Launch {
  port(): Promise<number | undefined>;
}

export interface JobLaunch {
  image: string;
  /** Holds what the container knows as /opt/ml. */
  prefix: string;
  environment: Readonly<Record<string, string>>;
  entrypoint?: readonly string[] | undefined;
}

/**
 * Finds what stands in for an image: a program that is bound to it, the built-in algorithm, or, where a Docker engine answers, the image itself.
 * The engine is looked for when the first image asks for it.
 */
export class ContainerRuntime {
  readonly #images: Images;
  readonly #owner: string;
  #docker: Promise<Docker | undefined> | undefined;

  /** `owner` is the state folder. */
  constructor(images: Images, owner: string) {
    this.#images = images;
    this.#owner = owner;
  }

  /** Whether a program is bound to the image. */
  isBound(image: string): boolean {
    return boundCommand(image, this.#images) !== undefined;
  }

  /** Undefined when nothing stands in for the image. */
  async trainer(launch: JobLaunch): Promise<Launch | undefined> {
    const { image, prefix, environment } = launch;
    const command = boundCommand(image, this.#images) ?? (isXgboostImage(image) ? xgboostTrainer : undefined);
    if (command) return { command, environment: { ...environment, SM_PREFIX: prefix } };
    return this.#container('train', launch);
  }

  /** Arguments and all. A program in place of the image gets its entrypoint as first arguments, with paths as they are on this machine. */
  async processor({ words, ...launch }: JobLaunch & { words: readonly string[] }): Promise<Launch | undefined> {
    const { image, prefix, environment, entrypoint = [] } = launch;
    const bound = boundCommand(image, this.#images);
    const told = bound ? [...entrypoint, ...words].map((word) => hostPath(word, prefix)) : words;
    const run = bound
      ? { command: bound, environment: { ...environment, SM_PREFIX: prefix } }
      : await this.#container('process', launch);
    return run && { ...run, command: { ...run.command, args: [...run.command.args, ...told] } };
  }

  /** `prefix` holds `model` as the container knows it under /opt/ml. Undefined when nothing stands in for the image. */
  async server({ image, prefix, environment }: JobLaunch): Promise<ServerLaunch | undefined> {
    const command = boundCommand(image, this.#images);
    if (command) {
      const port = await freePort();
      const told = { ...environment, SM_PREFIX: prefix, SAGEMAKER_BIND_TO_PORT: String(port) };
      return { command, environment: told, port: async () => port };
    }
    const docker = await this.#engine();
    if (!docker) return undefined;
    const name = nameOf('serve');
    const mounts = { '/opt/ml/model': `${prefix}/model` };
    if (docker.hasBridge) {
      const served = docker.command(name, { image, mounts, environment });
      return { command: served, environment: dockerEnvironment(), port: () => docker.portOf(name) };
    }
    const port = await freePort();
    const told = { ...environment, SAGEMAKER_BIND_TO_PORT: String(port) };
    const served = docker.command(name, { image, mounts, environment: told });
    return { command: served, environment: dockerEnvironment(), port: async () => port };
  }

  async #container(what: string, { image, prefix, environment, entrypoint }: JobLaunch): Promise<Launch | undefined> {
    const docker = await this.#engine();
    if (!docker) return undefined;
    const container = { image, mounts: { '/opt/ml': prefix }, environment, ...(entrypoint && { entrypoint }) };
    return { command: docker.command(nameOf(what), container), environment: dockerEnvironment() };
  }

  /** The images that a Docker engine has; none where none answers. */
  async images(): Promise<DockerImage[]> {
    return (await (await this.#engine())?.images()) ?? [];
  }

  #engine(): Promise<Docker | undefined> {
    this.#docker ??= Docker.find(this.#owner);
    return this.#docker;
  }
}

const nameOf = (what: string) => `local-sagemaker-${what}-${randomUUID()}`;

/** A port that nobody has right now; it is the program's to take before anybody else does. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
