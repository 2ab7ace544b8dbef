import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { registryKey } from '../model-registry/model-package.ts';
import { findModelPackage } from './find.ts';

export const deleteModelPackage = async (input: Inputs['DeleteModelPackage'], account: Account) => {
  const { ModelPackageArn } = findModelPackage(account, input.ModelPackageName);
  await account.modelPackages.delete(registryKey(ModelPackageArn));
};
