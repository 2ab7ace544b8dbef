import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { FastifyBaseLogger } from 'fastify';
import type { CreateTransformJobRequest } from '../api/sagemaker.ts';
import { epochSeconds } from '../clock.ts';
import { type Model, primaryContainer } from '../hosting/model.ts';
import { loadModelServer, type ModelServer, type ModelServers } from '../hosting/model-server.ts';
import { unpackModel } from '../hosting/unpack-model.ts';
import { lostJob } from '../job-failure.ts';
import type { LogStore } from '../logs/log-store.ts';
import { RunningJobs } from '../running-jobs.ts';
import { type InputFile, inputFiles } from '../s3/input-files.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import type { Table } from '../store/table.ts';
import { BadStatus, transformFile } from './transform-file.ts';
import { isRunning, type TransformJob } from './transform-job.ts';

const transformLogGroup = '/aws/sagemaker/TransformJobs';

export interface TransformRunnerServices {
  jobs: Table<TransformJob>;
  objects: ObjectStore;
  logs: LogStore;
  modelServers: ModelServers;
  /** Folder for the models, one a job. */
  folder: string;
  logger: FastifyBaseLogger;
}

/** Carries batch transform jobs through their states: starts the model, sends it every input object, stores the answers. */
export class TransformRunner {
  readonly #services: TransformRunnerServices;
  /** Aborted by StopTransformJob, or when the process ends. */
  readonly #work: RunningJobs<AbortController>;

  private constructor(services: TransformRunnerServices) {
    this.#services = services;
    this.#work = new RunningJobs(services.logger);
  }

  /** What was running when the last process ended has failed. */
  static async open(services: TransformRunnerServices): Promise<TransformRunner> {
    const runner = new TransformRunner(services);
    await rm(services.folder, { recursive: true, force: true });
    const lost = [...services.jobs.values()].filter(isRunning);
    await Promise.all(lost.map((job) => runner.#end(job.TransformJobName, 'Failed', lostJob)));
    return runner;
  }

  async start(request: CreateTransformJobRequest, arn: string, model: Model): Promise<void> {
    const name = request.TransformJobName;
    const now = epochSeconds();
    await this.#services.jobs.set(name.toLowerCase(), {
      MaxConcurrentTransforms: 1,
      MaxPayloadInMB: 6,
      BatchStrategy: 'MultiRecord',
      ...request,
      TransformJobArn: arn,
      TransformJobStatus: 'InProgress',
      CreationTime: now,
      LastModifiedTime: now,
    });
    const stop = new AbortController();
    this.#work.start(name, stop, () => this.#run(name, model, stop.signal));
  }

  async stop({ TransformJobName: name }: TransformJob): Promise<void> {
    await this.#update(name, { TransformJobStatus: 'Stopping' });
    this.#work.get(name)?.abort();
  }

  /** Breaks off what runs; the next start finds those jobs failed. */
  close(): Promise<void> {
    return this.#work.close((stop) => stop.abort());
  }

  async #run(name: string, model: Model, signal: AbortSignal): Promise<void> {
    const folder = join(this.#services.folder, name);
    let server: ModelServer | undefined;
    try {
      await this.#update(name, { TransformStartTime: epochSeconds() });
      server = await this.#loadModel(name, model, folder);
      await this.#transform(name, server, signal);
      await this.#end(name, signal.aborted ? 'Stopped' : 'Completed');
    } catch (error) {
      if (this.#work.isClosed) return;
      if (signal.aborted) await this.#end(name, 'Stopped');
      else await this.#end(name, 'Failed', (error as Error).message);
    } finally {
      await server?.close();
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #loadModel(name: string, model: Model, folder: string): Promise<ModelServer> {
    const { objects, logs, modelServers } = this.#services;
    const log = (line: string) => logs.append(transformLogGroup, `${name}/i-00000000000000000`, [line]);
    const { Environment } = this.#job(name);
    const container = primaryContainer(model);
    const environment = { ...container.Environment, ...Environment };
    await unpackModel(container, folder, objects);
    return loadModelServer({ ...container, Environment: environment }, folder, modelServers, log).catch(
      (error: Error) => {
        throw new Error(`AlgorithmError: ${error.message}`);
      },
    );
  }

  async #transform(name: string, server: ModelServer, signal: AbortSignal): Promise<void> {
    const { objects } = this.#services;
    const job = this.#job(name);
    const { TransformInput, MaxConcurrentTransforms, MaxPayloadInMB, BatchStrategy } = job;
    const strategy = BatchStrategy === 'SingleRecord' ? 'SINGLE_RECORD' : 'MULTI_RECORD';
    this.#log(
      name,
      `MaxConcurrentTransforms=${MaxConcurrentTransforms}, MaxPayloadInMB=${MaxPayloadInMB}, BatchStrategy=${strategy}`,
    );
    const files = await inputFiles(objects, TransformInput.DataSource.S3DataSource).catch((error: Error) => {
      throw new Error(`ClientError: ${error.message}`);
    });
    const faults = new Set<string>();
    const transform = async (file: InputFile) => {
      try {
        await transformFile(job, file, { objects, server, signal });
      } catch (error) {
        if (signal.aborted) throw error;
        faults.add(this.#logFault(name, file, error as Error));
      }
    };
    // Whole files go side by side; of a file that is split its payloads do.
    const concurrency = (TransformInput.SplitType ?? 'None') === 'None' ? MaxConcurrentTransforms || 1 : 1;
    await Readable.from(files).forEach(transform, { concurrency, signal });
    // The other files have been transformed nevertheless.
    if (faults.size > 0) throw new Error(`${[...faults].sort()[0]}: See job logs for more information`);
  }

  /** @returns whose fault it is, as FailureReason begins */
  #logFault(name: string, { bucket, key }: InputFile, error: Error): string {
    const log = (text: string) => this.#log(name, `${bucket}/${key}: ${text}`);
    if (!(error instanceof BadStatus)) {
      log(error.message);
      return 'ClientError';
    }
    log(`Bad HTTP status received from algorithm: ${error.status}`);
    log('');
    log('Message:');
    for (const line of error.message.split('\n')) log(line);
    return error.status < 500 ? 'ClientError' : 'AlgorithmError';
  }

  #log(name: string, message: string): void {
    const time = new Date().toISOString().replace('Z', '');
    this.#services.logs.append(transformLogGroup, `${name}/data-log`, [`${time}:[sagemaker logs]: ${message}`]);
  }

  #end(name: string, status: 'Completed' | 'Stopped' | 'Failed', reason?: string): Promise<void> {
    return this.#update(name, {
      TransformJobStatus: status,
      TransformEndTime: epochSeconds(),
      ...(reason !== undefined && { FailureReason: reason.slice(0, 1024) }),
    });
  }

  /** From the table every time: tags may have changed meanwhile. */
  #update(name: string, change: Partial<TransformJob>): Promise<void> {
    const changed = { ...this.#job(name), ...change, LastModifiedTime: epochSeconds() };
    return this.#services.jobs.set(name.toLowerCase(), changed);
  }

  #job(name: string): TransformJob {
    return this.#services.jobs.existing(name.toLowerCase());
  }
}
