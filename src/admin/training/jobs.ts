import { ALIASES } from '../../built-in-xgboost/hyperparameter-table.ts';
import { checkHyperparameters, HyperparameterError } from '../../built-in-xgboost/hyperparameters.ts';
import { GatewayError } from '../../errors.ts';
import type { Aws } from '../../sagemaker/aws.ts';
import { defined } from '../../sagemaker/defined.ts';
import { describeTrainingJob, findTrainingJob, stopTrainingJob } from '../../sagemaker/training-jobs.ts';
import { tailTrainingLog } from '../../sagemaker/training-logs.ts';
import type { AdminContext } from '../context.ts';
import { invalidField } from '../invalid.ts';
import { requireRole } from '../role.ts';
import { lastRound } from './boosting-log.ts';
import { costOf } from './cost.ts';
import { findDelivery, trainAndDeploy } from './deliver.ts';
import { isDelivered } from './delivery-work.ts';
import { asText, launchTraining } from './launch.ts';
import type { TrainingOptions } from './options-schema.ts';
import type { NewTrainingJob, TrainingJob } from './schema.ts';

type JobContext = Pick<AdminContext, 'aws' | 'deliveries' | 'config'>;

/** A job with how far it is, which SageMaker tells in its log only, and what becomes of its model. */
export async function getTrainingJob(context: JobContext, name: string): Promise<TrainingJob> {
  const [job, deployment] = await Promise.all([withProgress(context.aws, name), findDelivery(context, name)]);
  return { ...job, ...defined({ deployment, cost: costOf(context.config, job) }) };
}

async function withProgress(aws: Aws, name: string): Promise<TrainingJob> {
  const job = await describeTrainingJob(aws, name);
  const rounds = Number(job.hyperparameters.num_round);
  if (!Number.isInteger(rounds)) return job;
  const last = lastRound(await tailTrainingLog(aws, name));
  return {
    ...job,
    progress: { round: last?.round ?? 0, rounds },
    // SageMaker's own list is complete at the end, and late until then.
    metrics: job.status === 'InProgress' ? { ...job.metrics, ...last?.metrics } : { ...last?.metrics, ...job.metrics },
  };
}

/** Whether neither the job nor what becomes of its model goes on. */
export const isFinished = ({ status, deployment }: TrainingJob): boolean =>
  (status === 'Completed' || status === 'Failed' || status === 'Stopped') &&
  (deployment === undefined || isDelivered(deployment));

export async function startTrainingJob(context: AdminContext, request: NewTrainingJob): Promise<TrainingJob> {
  const { aws, config } = context;
  const { name, algorithm, deploy } = request;
  requireRole(config);
  refuseShortWait(request);
  if (algorithm === 'xgboost') refuseWrongHyperparameters(asText(request));
  // Before any work: the rows are not rearranged for a job that cannot be.
  if ((await findTrainingJob(aws, name)) !== undefined) {
    throw new GatewayError('already_exists', `There is a training job "${name}" already.`);
  }
  if (deploy === undefined) await launchTraining(context, request);
  else await trainAndDeploy(context, request, deploy);
  return getTrainingJob(context, name);
}

/** Time to wait for spare capacity is counted with the training in it. */
export function refuseShortWait({ spot, maxRuntimeSeconds }: TrainingOptions): void {
  if (spot && spot.maxWaitSeconds < maxRuntimeSeconds) {
    throw invalidField('/spot/maxWaitSeconds', `must be at least /maxRuntimeSeconds, ${maxRuntimeSeconds}`);
  }
}

/** The algorithm itself would say so only when the job has been started and has failed, minutes later. */
function refuseWrongHyperparameters(values: Readonly<Record<string, string>>): void {
  try {
    checkHyperparameters(values);
  } catch (error) {
    if (!(error instanceof HyperparameterError)) throw error;
    const { hyperparameter, message } = error;
    const asGiven = Object.keys(values).find((name) => ALIASES.get(name) === hyperparameter) ?? hyperparameter;
    throw new GatewayError('validation_failed', message, {
      errors: [{ pointer: `/hyperparameters/${asGiven}`, detail: message }],
    });
  }
}

export async function stopTraining(context: JobContext, name: string): Promise<TrainingJob> {
  await stopTrainingJob(context.aws, name);
  return getTrainingJob(context, name);
}
