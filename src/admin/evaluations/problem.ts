import { GatewayError } from '../../errors.ts';
import { describeTrainingJob } from '../../sagemaker/training-jobs.ts';
import type { AdminContext } from '../context.ts';
import type { EvaluatedModel } from './evaluated-model.ts';
import type { Problem } from './schema.ts';

async function objectiveOf(
  { aws }: Pick<AdminContext, 'aws'>,
  trainingJob: string | undefined,
): Promise<string | undefined> {
  if (trainingJob === undefined) return undefined;
  try {
    return (await describeTrainingJob(aws, trainingJob)).hyperparameters.objective;
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'not_found') return undefined;
    throw error;
  }
}

/** What a model was made to tell: by its labels, or by the objective of its training. */
export function problemBy(labels: readonly string[] | undefined, objective: string | undefined): Problem {
  if (labels !== undefined) return labels.length > 2 ? 'multiclass' : 'binary';
  if (objective?.startsWith('multi:')) return 'multiclass';
  return objective !== undefined && /^(reg:(?!logistic)|count:)/.test(objective) ? 'regression' : 'binary';
}

/** The same of a deployment, whose training job is asked. */
export async function problemOf(
  context: Pick<AdminContext, 'aws'>,
  { labels, trainingJob }: EvaluatedModel,
): Promise<Problem> {
  return problemBy(labels, labels === undefined ? await objectiveOf(context, trainingJob) : undefined);
}
