import type { DeploymentManifest } from '../../predict/manifest.ts';

/** What an evaluation has to know of the model: a deployment, or a version that is none yet. */
export type EvaluatedModel = Pick<
  DeploymentManifest,
  'name' | 'version' | 'features' | 'labels' | 'threshold' | 'trainingJob'
>;

/** A model, and the SageMaker endpoint that runs it. */
export interface ServedModel {
  readonly deployment: EvaluatedModel;
  readonly endpoint: string;
  /** On the endpoint, where it is hosted so. */
  readonly inferenceComponent?: string;
}
