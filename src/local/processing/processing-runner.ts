import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import type { CreateProcessingJobRequest } from '../api/sagemaker.ts';
import { epochSeconds } from '../clock.ts';
import type { ContainerRuntime, Launch } from '../containers/container-runtime.ts';
import { hostPath } from '../containers/host-path.ts';
import type { Run } from '../containers/run-container.ts';
import { runJob } from '../containers/run-job.ts';
import { JobFailure, lostJob, noProgram, reasonOf } from '../job-failure.ts';
import type { LogStore } from '../logs/log-store.ts';
import { RunningJobs } from '../running-jobs.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import type { Table } from '../store/table.ts';
import { OutputUpload } from './output-upload.ts';
import { isRunning, type ProcessingJob } from './processing-job.ts';
import { stageProcessing } from './stage-processing.ts';

const processingLogGroup = '/aws/sagemaker/ProcessingJobs';

export interface ProcessingServices {
  jobs: Table<ProcessingJob>;
  objects: ObjectStore;
  logs: LogStore;
  containers: ContainerRuntime;
  /** Folder for the jobs' /opt/ml. */
  folder: string;
  region: string;
  logger: FastifyBaseLogger;
}

interface Work {
  stopped: boolean;
  run?: Run;
}

/** Carries processing jobs through their states: inputs from S3, a program in place of the container, outputs to S3. */
export class ProcessingRunner {
  readonly #services: ProcessingServices;
  readonly #work: RunningJobs<Work>;

  private constructor(services: ProcessingServices) {
    this.#services = services;
    this.#work = new RunningJobs(services.logger);
  }

  /** What was running when the last process ended has failed. */
  static async open(services: ProcessingServices): Promise<ProcessingRunner> {
    const runner = new ProcessingRunner(services);
    await rm(services.folder, { recursive: true, force: true });
    const lost = [...services.jobs.values()].filter(isRunning);
    await Promise.all(lost.map((job) => runner.#end(job.ProcessingJobName, 'Failed', { FailureReason: lostJob })));
    return runner;
  }

  async start(request: CreateProcessingJobRequest, arn: string): Promise<void> {
    const name = request.ProcessingJobName;
    const now = epochSeconds();
    await this.#services.jobs.set(name.toLowerCase(), {
      ...request,
      ProcessingJobArn: arn,
      ProcessingJobStatus: 'InProgress',
      CreationTime: now,
      LastModifiedTime: now,
    });
    const work: Work = { stopped: false };
    this.#work.start(name, work, () => this.#run(name, work));
  }

  async stop({ ProcessingJobName: name }: ProcessingJob): Promise<void> {
    const work = this.#work.get(name);
    if (!work || work.stopped) return;
    work.stopped = true;
    work.run?.stop();
    await this.#update(name, { ProcessingJobStatus: 'Stopping' });
  }

  /** Kills what runs; the next start finds those jobs failed. */
  close(): Promise<void> {
    return this.#work.close(({ run }) => run?.kill());
  }

  async #run(name: string, work: Work): Promise<void> {
    const prefix = join(this.#services.folder, name);
    try {
      await this.#process(name, work, prefix);
      if (this.#work.isClosed) return;
      const message = await exitMessage(prefix);
      await this.#end(name, work.stopped ? 'Stopped' : 'Completed', message);
    } catch (error) {
      if (this.#work.isClosed) return;
      const message = await exitMessage(prefix).catch(() => ({}));
      await this.#end(name, 'Failed', { FailureReason: reasonOf(error), ...message });
    } finally {
      await rm(prefix, { recursive: true, force: true });
    }
  }

  async #process(name: string, work: Work, prefix: string): Promise<void> {
    const { objects } = this.#services;
    const job = this.#job(name);
    const launch = await this.#launch(job, prefix);
    await this.#update(name, { ProcessingStartTime: epochSeconds() });
    await stageProcessing(job, prefix, objects).catch((error: Error) => {
      throw new JobFailure(`ClientError: Data download failed:${error.message}`);
    });
    if (this.#work.isClosed || work.stopped) return;
    const uploads = (job.ProcessingOutputConfig?.Outputs ?? []).flatMap(({ S3Output, AppManaged }) =>
      S3Output?.LocalPath && !AppManaged
        ? [new OutputUpload(S3Output, hostPath(S3Output.LocalPath, prefix), objects)]
        : [],
    );
    const continuous = uploads.filter(({ isContinuous }) => isContinuous);
    const ended = new AbortController();
    const failed = (error: Error) => {
      throw new JobFailure(`ClientError: Data upload failed:${error.message}`);
    };
    const following = Promise.all(continuous.map((upload) => upload.follow(ended.signal))).catch(failed);
    // Told when the program has ended, which it does not wait for.
    following.catch(() => undefined);
    const code = await this.#runProgram(job, work, launch, prefix).finally(() => ended.abort());
    if (this.#work.isClosed) return;
    await following;
    const isDone = code === 0 && !work.stopped;
    await Promise.all((isDone ? uploads : continuous).map((upload) => upload.upload())).catch(failed);
    // A job that was told to stop has done so, whatever its exit code.
    if (code !== 0 && !work.stopped) throw new JobFailure('AlgorithmError: See job logs for more information');
  }

  async #launch(job: ProcessingJob, prefix: string): Promise<Launch> {
    const { ImageUri: image, ContainerEntrypoint, ContainerArguments = [] } = job.AppSpecification;
    const launch = await this.#services.containers.processor({
      image,
      prefix,
      environment: { AWS_REGION: this.#services.region, ...job.Environment },
      entrypoint: ContainerEntrypoint,
      words: ContainerArguments,
    });
    if (launch) return launch;
    throw noProgram(image);
  }

  #runProgram(job: ProcessingJob, work: Work, launch: Launch, prefix: string): Promise<number> {
    const { logs, logger } = this.#services;
    const stream = `${job.ProcessingJobName}/algo-1-${Math.floor(epochSeconds())}`;
    return runJob({
      launch,
      image: job.AppSpecification.ImageUri,
      prefix,
      words: [],
      maxRuntimeInSeconds: job.StoppingCondition?.MaxRuntimeInSeconds,
      onLine: (line) => logs.append(processingLogGroup, stream, [line]),
      onStart: (run) => {
        work.run = run;
        // Stopped between the last look and now.
        if (work.stopped) run.stop();
      },
      onLate: () => {
        this.stop(job).catch((error: Error) => logger.error(error));
      },
    });
  }

  #end(name: string, status: 'Completed' | 'Stopped' | 'Failed', more: Partial<ProcessingJob>): Promise<void> {
    const { FailureReason } = more;
    return this.#update(name, {
      ...more,
      ProcessingJobStatus: status,
      ProcessingEndTime: epochSeconds(),
      ...(FailureReason !== undefined && { FailureReason: FailureReason.slice(0, 1024) }),
    });
  }

  /** From the table every time: tags may have changed meanwhile. */
  #update(name: string, change: Partial<ProcessingJob>): Promise<void> {
    const changed = { ...this.#job(name), ...change, LastModifiedTime: epochSeconds() };
    return this.#services.jobs.set(name.toLowerCase(), changed);
  }

  #job(name: string): ProcessingJob {
    return this.#services.jobs.existing(name.toLowerCase());
  }
}

/** What the container leaves in output/message. @throws JobFailure when it is no UTF-8 */
async function exitMessage(prefix: string): Promise<Pick<ProcessingJob, 'ExitMessage'>> {
  const bytes = await readFile(join(prefix, 'output/message')).catch(() => undefined);
  if (!bytes) return {};
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text === '' ? {} : { ExitMessage: text.replaceAll(prefix, '/opt/ml').slice(0, 1024) };
  } catch {
    throw new JobFailure('ClientError: The exit message in /opt/ml/output/message is not encoded in UTF-8.');
  }
}
