import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import type { CreateTrainingJobRequest } from '../api/sagemaker.ts';
import { epochSeconds } from '../clock.ts';
import type { ContainerRuntime, Launch } from '../containers/container-runtime.ts';
import type { Run } from '../containers/run-container.ts';
import { runJob } from '../containers/run-job.ts';
import { JobFailure, lostJob, noProgram, reasonOf } from '../job-failure.ts';
import type { LogStore } from '../logs/log-store.ts';
import { RunningJobs } from '../running-jobs.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import type { Table } from '../store/table.ts';
import { cloudWatchLine, MetricWatch, metricDefinitions } from './metrics.ts';
import { saveArtifacts } from './save-artifacts.ts';
import { stageInputs } from './stage-inputs.ts';
import { advance, isRunning, type MetricData, type SecondaryStatus, type TrainingJob } from './training-job.ts';
import { warmPoolFor } from './warm-pool.ts';

export const trainingLogGroup = '/aws/sagemaker/TrainingJobs';

/** The tuning job that a training job belongs to. */
export interface Tuning {
  arn: string;
  /** Called with every value that the log says. */
  observe(metric: MetricData): void;
}

interface Work {
  metrics: MetricWatch;
  tuning?: Tuning | undefined;
  /** Why it is to end early. */
  stopped?: 'Stopped' | 'MaxRuntimeExceeded';
  run?: Run;
}

export interface TrainingServices {
  jobs: Table<TrainingJob>;
  objects: ObjectStore;
  logs: LogStore;
  containers: ContainerRuntime;
  /** Folder for the jobs' /opt/ml. */
  folder: string;
  region: string;
  logger: FastifyBaseLogger;
}

/** Carries training jobs through their states: downloads, a child process in place of the container, uploads. */
export class TrainingRunner {
  readonly #services: TrainingServices;
  readonly #work: RunningJobs<Work>;

  private constructor(services: TrainingServices) {
    this.#services = services;
    this.#work = new RunningJobs(services.logger);
  }

  /** What was running when the last process ended has failed. */
  static async open(services: TrainingServices): Promise<TrainingRunner> {
    const runner = new TrainingRunner(services);
    const lost = [...services.jobs.values()].filter(isRunning);
    await rm(services.folder, { recursive: true, force: true });
    await Promise.all(lost.map((job) => runner.#fail(job.TrainingJobName, lostJob)));
    return runner;
  }

  async start(request: CreateTrainingJobRequest, arn: string, tuning?: Tuning): Promise<void> {
    const now = epochSeconds();
    const { TrainingJobName: name, AlgorithmSpecification, OutputDataConfig } = request;
    const MetricDefinitions = metricDefinitions(AlgorithmSpecification);
    const output = OutputDataConfig.S3OutputPath.replace(/\/+$/, '');
    const job: TrainingJob = {
      ...request,
      AlgorithmSpecification: {
        TrainingInputMode: 'File',
        EnableSageMakerMetricsTimeSeries: false,
        ...AlgorithmSpecification,
        MetricDefinitions,
      },
      TrainingJobArn: arn,
      ...(tuning && { TuningJobArn: tuning.arn }),
      TrainingJobStatus: 'InProgress',
      SecondaryStatus: 'Starting',
      SecondaryStatusTransitions: [],
      ModelArtifacts: { S3ModelArtifacts: `${output}/${name}/output/model.tar.gz` },
      CreationTime: now,
      LastModifiedTime: now,
    };
    const pool = warmPoolFor(job, this.#services.jobs.values());
    await this.#services.jobs.set(name.toLowerCase(), advance(job, 'Starting', 'Starting the training job'));
    if (pool) await this.#update(pool.TrainingJobName, (ended) => ({ ...ended, reusedBy: { job: name, at: now } }));
    const work: Work = { metrics: new MetricWatch(MetricDefinitions), tuning };
    this.#work.start(name, work, () => this.#run(name, work));
  }

  async stop(job: TrainingJob): Promise<void> {
    await this.#end(job.TrainingJobName, 'Stopped');
  }

  /** Resolves when the job has come to its end. */
  finished(name: string): Promise<void> {
    return this.#work.ended(name);
  }

  /** Metrics so far of a job that is running. */
  liveMetrics(name: string): MetricData[] | undefined {
    return this.#work.get(name)?.metrics.values();
  }

  /** Kills what runs; the next start finds those jobs failed. */
  close(): Promise<void> {
    return this.#work.close(({ run }) => run?.kill());
  }

  async #run(name: string, work: Work): Promise<void> {
    const prefix = join(this.#services.folder, name);
    try {
      await this.#train(name, work, prefix);
    } catch (error) {
      if (this.#work.isClosed) return;
      await this.#fail(name, reasonOf(error), work);
    } finally {
      await rm(prefix, { recursive: true, force: true });
    }
  }

  async #train(name: string, work: Work, prefix: string): Promise<void> {
    const { objects } = this.#services;
    const job = this.#job(name);
    await this.#advance(name, 'Starting', 'Preparing the instances for training');
    const launch = await this.#launch(job, prefix);

    const started = epochSeconds();
    await this.#update(name, (current) => ({
      ...advance(current, 'Downloading', 'Downloading input data'),
      TrainingStartTime: started,
    }));
    await stageInputs(job, prefix, objects).catch((error: Error) => {
      throw new JobFailure(`ClientError: Data download failed:${error.message}`);
    });
    if (this.#work.isClosed) return;
    if (!work.stopped) {
      await this.#advance(name, 'Training', 'Training image download completed. Training in progress.');
      const code = await this.#runProgram(job, work, launch, prefix);
      if (this.#work.isClosed) return;
      // A job that was told to stop has done so, whatever its exit code.
      if (code !== 0 && !work.stopped) throw new JobFailure(await failureReason(prefix, code));
    }

    await this.#advance(name, 'Uploading', 'Uploading generated training model');
    const model = job.ModelArtifacts.S3ModelArtifacts;
    await saveArtifacts(join(prefix, 'model'), model, objects)
      .then(() =>
        saveArtifacts(join(prefix, 'output/data'), model.replace(/model\.tar\.gz$/, 'output.tar.gz'), objects),
      )
      .catch((error: Error) => {
        throw new JobFailure(`ClientError: Artifact upload failed:${error.message}`);
      });
    await this.#finish(name, work);
  }

  async #launch(job: TrainingJob, prefix: string): Promise<Launch> {
    const { TrainingImage: image = '', ContainerEntrypoint: entrypoint } = job.AlgorithmSpecification ?? {};
    const environment = {
      AWS_REGION: this.#services.region,
      TRAINING_JOB_NAME: job.TrainingJobName,
      TRAINING_JOB_ARN: job.TrainingJobArn,
      ...job.Environment,
    };
    const launch = await this.#services.containers.trainer({ image, prefix, environment, entrypoint });
    if (launch) return launch;
    throw noProgram(image);
  }

  #runProgram(job: TrainingJob, work: Work, launch: Launch, prefix: string): Promise<number> {
    const { logs, logger } = this.#services;
    const stream = `${job.TrainingJobName}/algo-1-${Math.floor(epochSeconds())}`;
    return runJob({
      launch,
      image: job.AlgorithmSpecification?.TrainingImage,
      prefix,
      words: job.AlgorithmSpecification?.ContainerArguments ?? ['train'],
      maxRuntimeInSeconds: job.StoppingCondition?.MaxRuntimeInSeconds,
      onLine: (raw) => {
        const line = cloudWatchLine(raw);
        for (const metric of work.metrics.read(line)) work.tuning?.observe(metric);
        logs.append(trainingLogGroup, stream, [line]);
      },
      onStart: (run) => {
        work.run = run;
        // Stopped between the last look and now.
        if (work.stopped) run.stop();
      },
      onLate: () => {
        this.#end(job.TrainingJobName, 'MaxRuntimeExceeded').catch((error: Error) => logger.error(error));
      },
    });
  }

  async #end(name: string, why: NonNullable<Work['stopped']>): Promise<void> {
    const work = this.#work.get(name);
    if (!work || work.stopped) return;
    work.stopped = why;
    work.run?.stop();
    await this.#update(name, (job) => ({
      ...advance(job, 'Stopping', 'Stopping the training job'),
      TrainingJobStatus: 'Stopping',
    }));
  }

  #finish(name: string, work: Work): Promise<void> {
    const endings = {
      Completed: 'Training job completed',
      Stopped: 'Training job stopped',
      MaxRuntimeExceeded: 'Training job runtime exceeded MaxRuntimeInSeconds provided',
    };
    const ending = work.stopped ?? 'Completed';
    return this.#update(name, (job) => ({
      ...ended(advance(job, ending, endings[ending]), work),
      TrainingJobStatus: work.stopped ? 'Stopped' : 'Completed',
    }));
  }

  #fail(name: string, reason: string, work?: Work): Promise<void> {
    return this.#update(name, (job) => ({
      ...ended(advance(job, 'Failed', 'Training job failed'), work),
      TrainingJobStatus: 'Failed',
      FailureReason: reason.slice(0, 1024),
    }));
  }

  #advance(name: string, status: SecondaryStatus, message: string): Promise<void> {
    return this.#update(name, (job) => advance(job, status, message));
  }

  /** From the table every time: tags may have changed meanwhile. */
  #update(name: string, change: (job: TrainingJob) => TrainingJob): Promise<void> {
    return this.#services.jobs.set(name.toLowerCase(), change(this.#job(name)));
  }

  #job(name: string): TrainingJob {
    return this.#services.jobs.existing(name.toLowerCase());
  }
}

function ended(job: TrainingJob, work: Work | undefined): TrainingJob {
  const TrainingEndTime = epochSeconds();
  // Both are counted from the moment that instances were there; a job that failed before was free.
  const seconds = job.TrainingStartTime && Math.max(1, Math.ceil(TrainingEndTime - job.TrainingStartTime));
  return {
    ...job,
    TrainingEndTime,
    ...(seconds && { TrainingTimeInSeconds: seconds, BillableTimeInSeconds: seconds }),
    ...(work && { FinalMetricDataList: work.metrics.values() }),
  };
}

/** What the container wrote to output/failure. The algorithms of AWS begin theirs with whose fault it was; any other is the algorithm's. */
async function failureReason(prefix: string, code: number): Promise<string> {
  const written = await readFile(join(prefix, 'output/failure'), 'utf8').catch(() => '');
  const reason = written
    .replaceAll(prefix, '/opt/ml')
    .trim()
    .slice(0, 1024)
    .replace(/^Customer ?Error:/, 'ClientError:');
  const attributed = /^(?:Client|Algorithm|InternalServer)Error:/.test(reason) ? reason : `AlgorithmError: ${reason}`;
  return `${attributed}, exit code: ${code}`;
}
