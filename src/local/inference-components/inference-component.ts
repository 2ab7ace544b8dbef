import type {
  ContainerDefinition,
  InferenceComponentDeploymentConfig,
  InferenceComponentSpecification,
  Tag,
} from '../api/sagemaker.ts';
import { type Model, primaryContainer } from '../hosting/model.ts';
import type { Table } from '../store/table.ts';
import { validationException } from '../wire/aws-error.ts';

/** What a component has, or is to have, in service. `container` is a copy of the model's, because that may be deleted meanwhile. */
export interface ComponentModel {
  Specification: InferenceComponentSpecification;
  container: ContainerDefinition;
}

/** A model that lives on an endpoint beside others, as it is stored. Times in epoch seconds. */
export interface InferenceComponent extends ComponentModel {
  InferenceComponentName: string;
  InferenceComponentArn: string;
  EndpointName: string;
  EndpointArn: string;
  VariantName: string;
  InferenceComponentStatus: 'Creating' | 'InService' | 'Updating' | 'Failed' | 'Deleting';
  FailureReason?: string;
  CreationTime: number;
  LastModifiedTime: number;
  Tags?: readonly Tag[];
  desiredCopies: number;
  currentCopies: number;
  LastDeploymentConfig?: InferenceComponentDeploymentConfig;
  /** On its way to take the place of what serves; epoch seconds. */
  pending?: ComponentModel & { policy?: InferenceComponentDeploymentConfig; since: number };
}

/** The container that a specification means. @throws AwsError ValidationException */
export function componentContainer(
  { ModelName, Container }: InferenceComponentSpecification,
  models: Table<Model>,
): ContainerDefinition {
  if ((ModelName === undefined) === (Container === undefined)) {
    throw validationException('Specification of an inference component needs exactly one of ModelName and Container.');
  }
  if (ModelName !== undefined) {
    const model = models.get(ModelName.toLowerCase());
    if (!model) throw validationException(`Could not find model "${ModelName}".`);
    return primaryContainer(model);
  }
  const { Image, ArtifactUrl, Environment } = Container ?? {};
  return {
    ...(Image !== undefined && { Image }),
    ...(ArtifactUrl !== undefined && { ModelDataUrl: ArtifactUrl }),
    ...(Environment && { Environment }),
  };
}
