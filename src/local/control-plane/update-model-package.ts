import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { epochSeconds } from '../clock.ts';
import { registryKey } from '../model-registry/model-package.ts';
import { validationException } from '../wire/aws-error.ts';
import { findModelPackage } from './find.ts';

export const updateModelPackage = async (input: Inputs['UpdateModelPackage'], account: Account) => {
  const {
    ModelPackageArn,
    ClientToken: _,
    CustomerMetadataProperties,
    CustomerMetadataPropertiesToRemove = [],
    AdditionalInferenceSpecificationsToAdd: added = [],
    ...changes
  } = input;
  const found = findModelPackage(account, ModelPackageArn);
  if (input.ModelApprovalStatus && found.ModelPackageVersion === undefined) {
    throw validationException('ModelApprovalStatus can be updated for versioned model packages only.');
  }
  const properties = { ...found.CustomerMetadataProperties, ...CustomerMetadataProperties };
  for (const name of CustomerMetadataPropertiesToRemove) delete properties[name];
  const specifications = [...(found.AdditionalInferenceSpecifications ?? []), ...added];
  await account.modelPackages.set(registryKey(found.ModelPackageArn), {
    ...found,
    ...changes,
    ...(Object.keys(properties).length > 0 || found.CustomerMetadataProperties
      ? { CustomerMetadataProperties: properties }
      : {}),
    ...(specifications.length > 0 && { AdditionalInferenceSpecifications: specifications }),
    LastModifiedTime: epochSeconds(),
  });
  return { ModelPackageArn: found.ModelPackageArn };
};
