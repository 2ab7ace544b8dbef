import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { Background } from '../background.ts';
import { epochSeconds } from '../clock.ts';
import type { LogStore } from '../logs/log-store.ts';
import type { Pace } from '../pace.ts';
import type { Table } from '../store/table.ts';
import { AuthorizedUrls, openingPath } from './authorized-urls.ts';
import { findJupyter, type JupyterServer, startJupyter } from './jupyter-server.ts';
import type { LifecycleConfig, NotebookInstance, NotebookStatus } from './notebook-instance.ts';
import { runHook } from './run-hook.ts';

const notebookLogGroup = '/aws/sagemaker/NotebookInstances';

export interface NotebookServices {
  instances: Table<NotebookInstance>;
  lifecycleConfigs: Table<LifecycleConfig>;
  logs: LogStore;
  /** Folder of the instances' volumes, one each. */
  folder: string;
  region: string;
  /** PATH on which Jupyter is looked for. */
  path: string | undefined;
  pace: Pace;
  logger: FastifyBaseLogger;
}

/** Notebook instances: each a Jupyter server of this machine with a folder of its own. */
export class NotebookFleet {
  readonly urls: AuthorizedUrls;
  readonly #services: NotebookServices;
  readonly #servers = new Map<string, JupyterServer>();
  readonly #work: Background;
  #endpoint = '';
  #closed = false;

  constructor(services: NotebookServices) {
    this.#services = services;
    this.#work = new Background(services.logger);
    this.urls = new AuthorizedUrls(services.pace);
  }

  /** Brings back what was in service, or on its way to be, in the background. `endpoint` is where notebooks find the embedded SageMaker. */
  async open(endpoint: string): Promise<void> {
    this.#endpoint = endpoint;
    const all = [...this.#services.instances.values()];
    for (const { NotebookInstanceName: name, NotebookInstanceStatus: status } of all) {
      if (status === 'InService' || status === 'Pending') await this.start(name);
      else if (status === 'Deleting') await this.delete(name);
      else if (status === 'Stopping' || status === 'Updating') await this.#change(name, 'Stopped');
    }
  }

  /** An address that opens an instance for a while. */
  authorize(name: string): string {
    return `${this.#endpoint}${openingPath(name)}?authToken=${this.urls.issue(name)}`;
  }

  /** Where the server of an instance that is in service listens. */
  find(name: string): Pick<JupyterServer, 'url' | 'token'> | undefined {
    return this.#servers.get(name);
  }

  async start(name: string): Promise<void> {
    await this.#change(name, 'Pending');
    this.#work.add(this.#launch(name));
  }

  async stop(name: string): Promise<void> {
    await this.#change(name, 'Stopping');
    this.#work.add(this.#end(name).then(() => this.#change(name, 'Stopped')));
  }

  async update(name: string, changed: NotebookInstance): Promise<void> {
    await this.#services.instances.set(name.toLowerCase(), changed);
    await this.#change(name, 'Updating');
    this.#work.add(this.#change(name, 'Stopped'));
  }

  async delete(name: string): Promise<void> {
    await this.#change(name, 'Deleting');
    this.#work.add(
      (async () => {
        await this.#end(name);
        await rm(join(this.#services.folder, name), { recursive: true, force: true });
        await this.#services.instances.delete(name.toLowerCase());
      })(),
    );
  }

  /** Ends the servers; the next start brings them back. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#servers.values()].map((server) => server.stop()));
    await this.#work.ended();
  }

  async #launch(name: string): Promise<void> {
    try {
      const program = await findJupyter(this.#services.path);
      if (program === undefined) {
        throw new Error(
          'There is no Jupyter on this machine: install jupyterlab, notebook or jupyter-server, and start the instance again.',
        );
      }
      const folder = join(this.#services.folder, name, 'SageMaker');
      await mkdir(folder, { recursive: true });
      await this.#runHooks(name, folder);
      const server = await startJupyter(program, {
        folder,
        environment: this.#environment(name),
        onLine: this.#logTo(`${name}/jupyter.log`),
      });
      if (this.#closed) return server.stop();
      this.#servers.set(name, server);
      await this.#change(name, 'InService');
      this.#work.add(this.#watch(name, server));
    } catch (error) {
      if (!this.#closed) await this.#change(name, 'Failed', (error as Error).message);
    }
  }

  /** A server that ends by itself takes the instance out of service. */
  async #watch(name: string, server: JupyterServer): Promise<void> {
    const code = await server.ended;
    if (this.#closed || this.#servers.get(name) !== server) return;
    this.#servers.delete(name);
    await this.#change(name, 'Failed', `The Jupyter server ended with exit code ${code}.`);
  }

  async #runHooks(name: string, folder: string): Promise<void> {
    const { LifecycleConfigName = '', NotebookInstanceArn, initialized } = this.#instance(name);
    const config = this.#services.lifecycleConfigs.get(LifecycleConfigName.toLowerCase());
    const hooks = { ...(initialized ? {} : { OnCreate: config?.OnCreate }), OnStart: config?.OnStart };
    for (const [when, scripts] of Object.entries(hooks)) {
      const onLine = this.#logTo(`${name}/LifecycleConfig${when}`);
      for (const { Content = '' } of scripts ?? []) {
        await runHook(Content, { folder, environment: this.#environment(name), onLine }).catch((error: Error) => {
          throw new Error(
            `Notebook Instance Lifecycle Config '${config?.NotebookInstanceLifecycleConfigArn}' for Notebook Instance '${NotebookInstanceArn}' ${error.message}. Please check your CloudWatch logs for more details.`,
          );
        });
      }
    }
    await this.#services.instances.set(name.toLowerCase(), { ...this.#instance(name), initialized: true });
  }

  /** AWS's SDKs in a notebook speak to the embedded SageMaker without being told; SM_PREFIX is by what a killed process's servers are known. */
  #environment(name: string): Record<string, string> {
    const { region, folder } = this.#services;
    return {
      AWS_ENDPOINT_URL: this.#endpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      SM_PREFIX: join(folder, name),
    };
  }

  #logTo(stream: string): (line: string) => void {
    return (line) => this.#services.logs.append(notebookLogGroup, stream, [line]);
  }

  async #end(name: string): Promise<void> {
    const server = this.#servers.get(name);
    this.#servers.delete(name);
    await server?.stop();
  }

  #change(name: string, status: NotebookStatus, reason?: string): Promise<void> {
    const { FailureReason: _, ...instance } = this.#instance(name);
    return this.#services.instances.set(name.toLowerCase(), {
      ...instance,
      NotebookInstanceStatus: status,
      ...(reason !== undefined && { FailureReason: reason.slice(0, 1024) }),
      LastModifiedTime: epochSeconds(),
    });
  }

  #instance(name: string): NotebookInstance {
    return this.#services.instances.existing(name.toLowerCase());
  }
}
