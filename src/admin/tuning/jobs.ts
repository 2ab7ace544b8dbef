import { GatewayError } from '../../errors.ts';
import { xgboostImage } from '../../sagemaker/built-in-images.ts';
import { orNothing } from '../../sagemaker/or-nothing.ts';
import {
  createTuningJob,
  describeTuningJob,
  listTrials,
  stopTuningJob,
  type TuningJobOrder,
} from '../../sagemaker/tuning-jobs.ts';
import { listCollection } from '../collection.ts';
import type { AdminContext } from '../context.ts';
import { createDeployment } from '../deployments/create.ts';
import type { Deployment } from '../deployments/schema.ts';
import { invalidField } from '../invalid.ts';
import type { ListQuery, Page } from '../paging.ts';
import { requireRole } from '../role.ts';
import { costOf } from '../training/cost.ts';
import { discardInputs, prepareInputs, trainingFolder } from '../training/inputs.ts';
import { refuseShortWait } from '../training/jobs.ts';
import { asText } from '../training/launch.ts';
import { optionsOf } from '../training/options-schema.ts';
import type { NewTuningJob, Promotion, Trial, TuningJob } from './schema.ts';

/** @throws GatewayError not_found */
export async function getTuningJob(
  { aws, config }: Pick<AdminContext, 'aws' | 'config'>,
  name: string,
): Promise<TuningJob> {
  const job = await describeTuningJob(aws, name);
  const cost = costOf(config, { ...job, billableSeconds: job.trainingSeconds ?? 0 });
  return cost === undefined ? job : { ...job, cost };
}

export const isFinished = ({ status }: TuningJob): boolean =>
  status === 'Completed' || status === 'Failed' || status === 'Stopped';

export async function startTuningJob(context: AdminContext, request: NewTuningJob): Promise<TuningJob> {
  const { aws, workspace, config } = context;
  const { name, algorithm, strategy, objective, maxParallel, earlyStopping } = request;
  const roleArn = requireRole(config);
  refuseContradictions(request);
  if ((await orNothing(describeTuningJob(aws, name))) !== undefined) {
    throw new GatewayError('already_exists', `There is a tuning job "${name}" already.`);
  }
  const { maxJobs, targetValue, seed, tags } = request;
  const optional = { maxJobs, targetValue, seed, tags };
  try {
    await createTuningJob(aws, {
      ...{ name, roleArn, strategy, objective, maxParallel, earlyStopping },
      ...(Object.fromEntries(
        Object.entries(optional).filter(([, value]) => value !== undefined),
      ) as Partial<TuningJobOrder>),
      ...optionsOf(request),
      image: algorithm === 'xgboost' ? xgboostImage(await aws.region()) : algorithm.image,
      hyperparameters: asText(request),
      ranges: request.ranges,
      inputs: await prepareInputs(workspace, request),
      outputUri: await workspace.uri(trainingFolder.slice(0, -1)),
    });
  } catch (error) {
    // When another request was faster with the same name, what is there is its own.
    const taken = error instanceof GatewayError && error.code === 'already_exists';
    if (!taken) await discardInputs(workspace, name);
    throw error;
  }
  return getTuningJob(context, name);
}

/** What the schema cannot see, before any row is rearranged. */
function refuseContradictions(request: NewTuningJob): void {
  const { ranges, hyperparameters, strategy, maxJobs, maxParallel } = request;
  refuseShortWait(request);
  for (const [name, range] of Object.entries(ranges)) {
    if (Object.hasOwn(hyperparameters, name)) throw invalidField(`/ranges/${name}`, 'is given in /hyperparameters too');
    if (range.type !== 'categorical' && range.min > range.max)
      throw invalidField(`/ranges/${name}/min`, 'is above /max');
    if (range.type !== 'categorical' && strategy === 'Grid') {
      throw invalidField(`/ranges/${name}/type`, 'must be categorical for a grid');
    }
  }
  if (strategy !== 'Grid' && maxJobs === undefined) throw invalidField('/maxJobs', 'is missing');
  if (maxJobs !== undefined && maxParallel > maxJobs) throw invalidField('/maxParallel', 'is above /maxJobs');
}

export async function stopTuning(context: AdminContext, name: string): Promise<TuningJob> {
  await stopTuningJob(context.aws, name);
  return getTuningJob(context, name);
}

/** A page of the training jobs that a tuning job has begun. @throws GatewayError not_found */
export async function listTrialPage(
  { aws }: Pick<AdminContext, 'aws'>,
  name: string,
  query: ListQuery,
): Promise<Page<Trial>> {
  const trials = new Map((await listTrials(aws, name)).map((trial) => [trial.name, trial]));
  return listCollection<Trial>(
    {
      ids: [...trials.keys()],
      read: (trial) => trials.get(trial),
      listed: ({ name, status, createdAt, endedAt }) => ({ name, status, createdAt, updatedAt: endedAt }),
    },
    query,
  );
}

/** Puts the best training job's model into service. @throws GatewayError conflict when there is none */
export async function promoteBest(context: AdminContext, name: string, promotion: Promotion): Promise<Deployment> {
  const { best, status } = await describeTuningJob(context.aws, name);
  if (status === 'InProgress' || status === 'Stopping') {
    throw new GatewayError(
      'conflict',
      `The tuning job "${name}" is ${status}; its best training job may still change.`,
    );
  }
  if (best === undefined) throw new GatewayError('conflict', `The tuning job "${name}" has no best training job.`);
  return createDeployment(context, { ...promotion, trainingJob: best.name });
}
