import type { FastifyBaseLogger } from 'fastify';
import type { CreateHyperParameterTuningJobRequest } from '../api/sagemaker.ts';
import { type Scope, sagemakerArn } from '../arn.ts';
import { epochSeconds } from '../clock.ts';
import { lostJob } from '../job-failure.ts';
import { setLongTimeout } from '../long-timeout.ts';
import { RunningJobs } from '../running-jobs.ts';
import type { Table } from '../store/table.ts';
import type { MetricData, TrainingJob } from '../training/training-job.ts';
import { isRunning as isTraining } from '../training/training-job.ts';
import type { TrainingRunner } from '../training/training-runner.ts';
import type { Losses, ShouldStop } from './early-stopping.ts';
import { isContent, judged } from './outcome.ts';
import { observations, type Search, searchesOf, stoppingRule } from './search.ts';
import { trialName, trialRequest } from './trial-request.ts';
import { bestTrial, type Definition, isRunning, type Trial, type TuningJob, toLoss } from './tuning-job.ts';

export interface TuningServices extends Scope {
  jobs: Table<TuningJob>;
  trainingJobs: Table<TrainingJob>;
  training: TrainingRunner;
  logger: FastifyBaseLogger;
}

/** A tuning job under way. */
interface Work {
  /** No trial is started any more: it was told to stop, or has found what it looked for. */
  ending: boolean;
  /** By training job, while there is something to compare. */
  losses: Map<string, number[]>;
}

/** Carries tuning jobs through their states: draws values, trains with them, as many at once as allowed, and learns from what comes out. */
export class TuningRunner {
  readonly #services: TuningServices;
  readonly #work: RunningJobs<Work>;

  private constructor(services: TuningServices) {
    this.#services = services;
    this.#work = new RunningJobs(services.logger);
  }

  /** What was running when the last process ended has failed, as its training jobs have. */
  static async open(services: TuningServices): Promise<TuningRunner> {
    const runner = new TuningRunner(services);
    const lost = [...services.jobs.values()].filter(isRunning);
    for (const { HyperParameterTuningJobName: name } of lost) {
      await runner.#judgeRest(name);
      await runner.#end(name, 'Failed', lostJob);
    }
    return runner;
  }

  /** Judges the trials that nobody waits for any more. One without a training job was never begun. */
  #judgeRest(name: string): Promise<void> {
    return this.#update(name, (job) => ({
      trials: job.trials.flatMap((trial) => {
        const training = this.#training(trial.TrainingJobName);
        if (trial.ObjectiveStatus !== 'Pending') return [trial];
        return training ? [judged(job, trial, training)] : [];
      }),
    }));
  }

  async start(request: CreateHyperParameterTuningJobRequest, arn: string): Promise<void> {
    const name = request.HyperParameterTuningJobName;
    const now = epochSeconds();
    await this.#services.jobs.set(name.toLowerCase(), {
      ...request,
      HyperParameterTuningJobArn: arn,
      HyperParameterTuningJobStatus: 'InProgress',
      CreationTime: now,
      LastModifiedTime: now,
      trials: [],
    });
    const work: Work = { ending: false, losses: new Map() };
    this.#work.start(name, work, () => this.#run(name, work));
  }

  async stop({ HyperParameterTuningJobName: name }: TuningJob): Promise<void> {
    await this.#update(name, () => ({ HyperParameterTuningJobStatus: 'Stopping' }));
    await this.#windUp(name);
  }

  /** For the time when the training jobs are being killed too; the next start finds tuning jobs that were running failed. */
  close(): Promise<void> {
    return this.#work.close();
  }

  async #run(name: string, work: Work): Promise<void> {
    const job = this.#job(name);
    const {
      MaxNumberOfTrainingJobs: most = Number.POSITIVE_INFINITY,
      MaxParallelTrainingJobs,
      MaxRuntimeInSeconds,
    } = job.HyperParameterTuningJobConfig.ResourceLimits;
    const alarm = setLongTimeout(() => {
      this.#windUp(name).catch((error) => this.#services.logger.error(error));
    }, MaxRuntimeInSeconds);
    const searches = searchesOf(job, this.#parents(job));
    const shouldStop = stoppingRule(job);
    const running = new Map<string, Promise<string>>();
    for (let started = 0; ; ) {
      while (!work.ending && !this.#work.isClosed && started < most && running.size < MaxParallelTrainingJobs) {
        const trial = await this.#startTrial(name, work, searches, started, shouldStop);
        if (!trial) break;
        started += 1;
        running.set(
          trial,
          this.#services.training.finished(trial).then(() => trial),
        );
      }
      if (running.size === 0) break;
      const finished = await Promise.race(running.values());
      running.delete(finished);
      if (this.#work.isClosed) continue;
      await this.#learn(name, finished);
      if (isContent(this.#job(name))) await this.#windUp(name);
    }
    clearTimeout(alarm);
    if (!this.#work.isClosed) await this.#finish(name);
  }

  #parents({ WarmStartConfig }: TuningJob): TuningJob[] {
    return (WarmStartConfig?.ParentHyperParameterTuningJobs ?? []).flatMap(
      ({ HyperParameterTuningJobName = '' }) =>
        this.#services.jobs.get(HyperParameterTuningJobName.toLowerCase()) ?? [],
    );
  }

  #training(name: string): TrainingJob | undefined {
    return this.#services.trainingJobs.get(name.toLowerCase());
  }

  /** Definitions take turns. @returns the training job's name; undefined when every search is exhausted */
  async #startTrial(
    name: string,
    work: Work,
    searches: Search[],
    started: number,
    shouldStop: ShouldStop | undefined,
  ): Promise<string | undefined> {
    const { trials, HyperParameterTuningJobArn } = this.#job(name);
    for (let turn = 0; turn < searches.length; turn++) {
      const search = searches[(started + turn) % searches.length];
      if (!search) continue;
      const { definition, suggest, before } = search;
      const values = suggest([...before, ...observations(trials, definition)]);
      if (!values) continue;
      const TrainingJobName = trialName(name, started + 1);
      const { DefinitionName } = definition.training;
      const trial: Trial = {
        TrainingJobName,
        ...(DefinitionName !== undefined && { TrainingJobDefinitionName: DefinitionName }),
        TunedHyperParameters: values,
        ObjectiveStatus: 'Pending',
      };
      await this.#update(name, (job) => ({ trials: [...job.trials, trial] }));
      await this.#services.training.start(
        trialRequest(TrainingJobName, definition, values),
        sagemakerArn(this.#services, 'training-job', TrainingJobName),
        {
          arn: HyperParameterTuningJobArn,
          observe: (metric) => this.#observe(TrainingJobName, metric, definition, work, shouldStop),
        },
      );
      return TrainingJobName;
    }
    return undefined;
  }

  #observe(
    trial: string,
    { MetricName, Value }: MetricData,
    definition: Definition,
    work: Work,
    shouldStop: ShouldStop | undefined,
  ): void {
    if (MetricName !== definition.objective.MetricName || !shouldStop) return;
    const losses = work.losses.get(trial) ?? [];
    losses.push(toLoss(definition.objective, Value));
    work.losses.set(trial, losses);
    const others: Losses[] = [...work.losses].flatMap(([name, each]) => (name === trial ? [] : [each]));
    if (shouldStop(losses, others)) this.#stopTraining(trial).catch((error) => this.#services.logger.error(error));
  }

  async #stopTraining(name: string): Promise<void> {
    const job = this.#training(name);
    if (job && isTraining(job)) await this.#services.training.stop(job);
  }

  /** Starts nothing more, and ends what is running. */
  async #windUp(name: string): Promise<void> {
    const work = this.#work.get(name);
    if (!work) return;
    work.ending = true;
    await Promise.all(this.#job(name).trials.map(({ TrainingJobName }) => this.#stopTraining(TrainingJobName)));
  }

  /** Keeps what a training job has come to. */
  #learn(name: string, trialName: string): Promise<void> {
    const training = this.#training(trialName);
    return this.#update(name, (job) => ({
      trials: job.trials.map((trial) => (trial.TrainingJobName === trialName ? judged(job, trial, training) : trial)),
    }));
  }

  async #finish(name: string): Promise<void> {
    const job = this.#job(name);
    if (job.HyperParameterTuningJobStatus === 'Stopping') return this.#end(name, 'Stopped');
    if (job.trials.length > 0 && bestTrial(job) === undefined) {
      return this.#end(
        name,
        'Failed',
        'All training jobs failed. To investigate a training job failure, see FailureReason of the training job.',
      );
    }
    return this.#end(name, 'Completed');
  }

  #end(name: string, status: 'Completed' | 'Stopped' | 'Failed', reason?: string): Promise<void> {
    return this.#update(name, () => ({
      HyperParameterTuningJobStatus: status,
      HyperParameterTuningEndTime: epochSeconds(),
      ...(reason !== undefined && { FailureReason: reason }),
    }));
  }

  /** From the table every time: tags may have changed meanwhile. */
  #update(name: string, change: (job: TuningJob) => Partial<TuningJob>): Promise<void> {
    const job = this.#job(name);
    return this.#services.jobs.set(name.toLowerCase(), { ...job, ...change(job), LastModifiedTime: epochSeconds() });
  }

  #job(name: string): TuningJob {
    return this.#services.jobs.existing(name.toLowerCase());
  }
}
