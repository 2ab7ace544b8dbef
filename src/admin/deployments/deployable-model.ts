import type { Feature } from '../../config/feature.ts';
import { type FieldError, GatewayError } from '../../errors.ts';
import { describeTrainingJob } from '../../sagemaker/training-jobs.ts';
import type { AdminContext } from '../context.ts';
import { invalidFields } from '../invalid.ts';
import { trainedFeatures } from '../training/inputs.ts';
import type { ModelSource } from './schema.ts';

/** What can be put into service. */
export interface DeployableModel {
  readonly modelArtifacts: string;
  readonly image: string;
  readonly trainingJob?: string;
  readonly features?: Feature[];
}

type SourceContext = Pick<AdminContext, 'aws' | 'workspace'>;

/** The model that a request names: the outcome of a training job, or artifacts with an image. */
export async function resolveModel(context: SourceContext, request: ModelSource): Promise<DeployableModel> {
  const { trainingJob, modelArtifacts, image } = request;
  if (trainingJob !== undefined && modelArtifacts === undefined && image === undefined) {
    return fromTrainingJob(context, trainingJob);
  }
  if (trainingJob === undefined && modelArtifacts !== undefined && image !== undefined) {
    return { modelArtifacts, image };
  }
  throw invalidFields(wrongSource(request));
}

function wrongSource({ trainingJob, modelArtifacts, image }: ModelSource): FieldError[] {
  const others = Object.entries({ modelArtifacts, image });
  if (trainingJob !== undefined) {
    return others
      .filter(([, value]) => value !== undefined)
      .map(([field]) => ({ pointer: `/${field}`, detail: 'cannot be given together with /trainingJob' }));
  }
  const missing = others.filter(([, value]) => value === undefined).map(([field]) => field);
  return missing.length === others.length
    ? [{ pointer: '/trainingJob', detail: 'is missing: give it, or /modelArtifacts and /image' }]
    : missing.map((field) => ({ pointer: `/${field}`, detail: 'is missing: /modelArtifacts and /image go together' }));
}

async function fromTrainingJob({ aws, workspace }: SourceContext, trainingJob: string): Promise<DeployableModel> {
  const { status, modelArtifacts, image } = await describeTrainingJob(aws, trainingJob).catch((error: unknown) => {
    if (!(error instanceof GatewayError) || error.code !== 'not_found') throw error;
    const detail = `names "${trainingJob}", and there is no such training job`;
    throw new GatewayError('not_found', `There is no training job "${trainingJob}".`, {
      errors: [{ pointer: '/trainingJob', detail }],
    });
  });
  if (status !== 'Completed' || modelArtifacts === undefined || image === undefined) {
    throw new GatewayError('conflict', `The training job "${trainingJob}" is ${status}, not Completed.`);
  }
  const features = await trainedFeatures(workspace, trainingJob);
  return { trainingJob, modelArtifacts, image, ...(features === undefined ? {} : { features }) };
}
