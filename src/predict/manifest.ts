import type { Static } from 'typebox';
import Type from 'typebox';
import { type ModelSettings, modelSemantics } from '../config/model-settings.ts';

const Semantics = Type.Object(modelSemantics);

/**
 * What the gateway keeps in S3 of one version of a deployment, so that every replica can call it. SageMaker says which version is live:
 * the endpoint `<name>` runs the endpoint configuration `<name>-<version>`, or the inference component `<name>` the model of that name.
 */
export interface DeploymentManifest extends Static<typeof Semantics> {
  readonly name: string;
  readonly version: string;
  readonly contentType: string;
  readonly accept: string;
  readonly rowForm?: NonNullable<ModelSettings['rowForm']>;
  /** Settings of an endpoint that takes predictions for later only. */
  readonly async?: object;
  /** Settings of an inference component, which has the name of the deployment. */
  readonly inferenceComponent?: object;
  /** Where the model came from. */
  readonly trainingJob?: string;
  readonly modelArtifacts: string;
  readonly image: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

export const manifestKey = (name: string, version: string): string => `deployments/${name}/${version}.json`;

/** Name of the SageMaker model and endpoint configuration of a version. */
export const versionedName = (name: string, version: string): string => `${name}-${version}`;
