import type { ContainerDefinition, InferenceComponentSpecification, Tag } from '../api/sagemaker.ts';
import { type Model, primaryContainer } from '../hosting/model.ts';
import type { Table } from '../store/table.ts';
import { validationException } from '../wire/aws-error.ts';

/** A model that lives on an endpoint beside others, as it is stored. Times in epoch seconds. */
export interface InferenceComponent {
  InferenceComponentName: string;
  InferenceComponentArn: string;
  EndpointName: string;
  EndpointArn: string;
  VariantName: string;
  InferenceComponentStatus: 'Creating' | 'InService' | 'Updating' | 'Failed' | 'Deleting';
  FailureReason?: string;
  Specification: InferenceComponentSpecification;
  CreationTime: number;
  LastModifiedTime: number;
  Tags?: readonly Tag[];
  desiredCopies: number;
  currentCopies: number;
  /** What is to run: a copy, because the model may be deleted meanwhile. */
  container: ContainerDefinition;
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
