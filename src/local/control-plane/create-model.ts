import type { Account } from '../account.ts';
import type { ContainerDefinition, Inputs } from '../api/sagemaker.ts';
import { sagemakerArn } from '../arn.ts';
import { epochSeconds } from '../clock.ts';
import { modelDataUri } from '../hosting/model.ts';
import { packageContainers } from '../model-registry/package-containers.ts';
import { validationException } from '../wire/aws-error.ts';
import { checkUnused, findModelPackage } from './find.ts';
import { checkModelData } from './model-data.ts';

export const createModel = async (input: Inputs['CreateModel'], account: Account) => {
  const key = input.ModelName.toLowerCase();
  checkUnused(account, account.models.get(key), 'model', 'model', input.ModelName);
  const containers = input.Containers ?? (input.PrimaryContainer ? [input.PrimaryContainer] : []);
  if (containers.length === 0 || (input.Containers && input.PrimaryContainer)) {
    throw validationException('You must provide either PrimaryContainer or Containers.');
  }
  for (const container of containers) {
    if (container.Image === undefined && container.ModelPackageName === undefined) {
      throw validationException('Container definition must have an Image or a ModelPackageName.');
    }
    checkModelData(account, modelDataUri(container));
  }
  const ModelArn = sagemakerArn(account, 'model', input.ModelName);
  await account.models.set(key, {
    ...input,
    ...(containers.some(isPackage) && { resolved: containers.flatMap((container) => resolve(account, container)) }),
    ModelArn,
    CreationTime: epochSeconds(),
  });
  return { ModelArn };
};

const isPackage = ({ ModelPackageName }: ContainerDefinition) => ModelPackageName !== undefined;

/** What a container definition stands for at this moment: the package may be deleted while the model lives. */
function resolve(account: Account, container: ContainerDefinition): ContainerDefinition[] {
  if (container.ModelPackageName === undefined) return [container];
  const found = findModelPackage(account, container.ModelPackageName);
  if (found.ModelPackageVersion !== undefined && found.ModelApprovalStatus !== 'Approved') {
    throw validationException(
      `Could not use the model package ${found.ModelPackageArn}: its approval status is ${found.ModelApprovalStatus}, not Approved.`,
    );
  }
  const containers = packageContainers(found, container);
  if (containers) return containers;
  throw validationException(
    `The model package ${found.ModelPackageArn} has no inference specification "${container.InferenceSpecificationName}".`,
  );
}
