import type { ContainerDefinition } from '../api/sagemaker.ts';
import type { ModelPackage } from './model-package.ts';

/** The containers that a package stands for, with what the model's own definition adds; undefined when the package has no such specification. */
export function packageContainers(
  { InferenceSpecification, AdditionalInferenceSpecifications = [] }: ModelPackage,
  { Environment, ContainerHostname, InferenceSpecificationName }: ContainerDefinition,
): ContainerDefinition[] | undefined {
  const specification =
    InferenceSpecificationName === undefined
      ? InferenceSpecification
      : AdditionalInferenceSpecifications.find(({ Name }) => Name === InferenceSpecificationName);
  return specification?.Containers.map(({ Image, ModelDataUrl, ModelDataSource, Environment: own }) => ({
    ...(Image !== undefined && { Image }),
    ...(ModelDataUrl !== undefined && { ModelDataUrl }),
    ...(ModelDataSource && { ModelDataSource }),
    ...(ContainerHostname !== undefined && { ContainerHostname }),
    Environment: { ...own, ...Environment },
  }));
}
