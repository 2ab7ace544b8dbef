import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { sagemakerArn } from '../arn.ts';
import { epochSeconds } from '../clock.ts';
import { type ModelPackage, registryKey } from '../model-registry/model-package.ts';
import { validationException } from '../wire/aws-error.ts';
import { findModelPackageGroup } from './find.ts';
import { checkModelData } from './model-data.ts';

export const createModelPackage = async (input: Inputs['CreateModelPackage'], account: Account) => {
  const { ClientToken: _, ModelPackageName: given, ModelPackageGroupName, ...rest } = input;
  if ((given === undefined) === (ModelPackageGroupName === undefined)) {
    throw validationException('Either ModelPackageName or ModelPackageGroupName must be specified, but not both.');
  }
  if (input.SourceAlgorithmSpecification) {
    throw validationException(
      'SourceAlgorithmSpecification is not supported by the embedded SageMaker: it has no algorithms.',
    );
  }
  if (!input.InferenceSpecification) throw validationException('InferenceSpecification must be specified.');
  for (const { Image, ModelDataUrl, ModelDataSource } of input.InferenceSpecification.Containers) {
    if (Image === undefined) throw validationException('A container of a model package must have an Image.');
    checkModelData(account, ModelDataUrl ?? ModelDataSource?.S3DataSource?.S3Uri);
  }
  const group = ModelPackageGroupName === undefined ? undefined : findModelPackageGroup(account, ModelPackageGroupName);
  if (!group && input.ModelApprovalStatus) {
    throw validationException('ModelApprovalStatus can be specified for versioned model packages only.');
  }
  const version = group && group.lastVersion + 1;
  const name = group?.ModelPackageGroupName ?? given ?? '';
  const ModelPackageArn = sagemakerArn(account, 'model-package', group ? `${name}/${version}` : name);
  const key = registryKey(ModelPackageArn);
  if (account.modelPackages.get(key)) throw validationException(`ModelPackage already exists: ${ModelPackageArn}`);
  const modelPackage: ModelPackage = {
    ...rest,
    ModelPackageName: name,
    ...(group && {
      ModelPackageGroupName: name,
      ModelPackageVersion: group.lastVersion + 1,
      ModelApprovalStatus: input.ModelApprovalStatus ?? 'PendingManualApproval',
    }),
    ModelPackageArn,
    // There is nothing to wait for: no scan of the image, no validation on instances.
    ModelPackageStatus: 'Completed',
    ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
    CertifyForMarketplace: input.CertifyForMarketplace ?? false,
    CreationTime: epochSeconds(),
  };
  // The version first: after a crash in between, a number is left out and none given twice.
  if (group) {
    await account.modelPackageGroups.set(registryKey(group.ModelPackageGroupArn), {
      ...group,
      lastVersion: group.lastVersion + 1,
    });
  }
  await account.modelPackages.set(key, modelPackage);
  return { ModelPackageArn };
};
