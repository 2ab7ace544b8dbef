import { GatewayError } from '../../errors.ts';
import { xgboostImage } from '../../sagemaker/built-in-images.ts';
import { createTrainingJob } from '../../sagemaker/training-jobs.ts';
import type { AdminOptions } from '../context.ts';
import { requireRole } from '../role.ts';
import { discardInputs, prepareInputs, trainingFolder } from './inputs.ts';
import { optionsOf } from './options-schema.ts';
import type { NewTrainingJob } from './schema.ts';

export const asText = ({ hyperparameters }: Pick<NewTrainingJob, 'hyperparameters'>): Record<string, string> =>
  Object.fromEntries(Object.entries(hyperparameters).map(([key, value]) => [key, String(value)]));

/** Prepares the rows of a job and starts it. */
export async function launchTraining(
  { aws, workspace, config }: Pick<AdminOptions, 'aws' | 'workspace' | 'config'>,
  request: NewTrainingJob,
): Promise<void> {
  const { name, algorithm } = request;
  const image = algorithm === 'xgboost' ? xgboostImage(await aws.region()) : algorithm.image;
  try {
    await createTrainingJob(aws, {
      name,
      image,
      roleArn: requireRole(config),
      hyperparameters: asText(request),
      inputs: await prepareInputs(workspace, request),
      outputUri: await workspace.uri(trainingFolder.slice(0, -1)),
      ...optionsOf(request),
      ...(request.tags === undefined ? {} : { tags: request.tags }),
    });
  } catch (error) {
    // When another request was faster with the same name, what is there is its own.
    const taken = error instanceof GatewayError && error.code === 'already_exists';
    if (!taken) await discardInputs(workspace, name);
    throw error;
  }
}
