import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { registryKey } from '../model-registry/model-package.ts';
import { AwsError } from '../wire/aws-error.ts';
import { findModelPackageGroup } from './find.ts';

export const deleteModelPackageGroup = async (input: Inputs['DeleteModelPackageGroup'], account: Account) => {
  const group = findModelPackageGroup(account, input.ModelPackageGroupName);
  const inside = (name: string | undefined) =>
    name !== undefined && registryKey(name) === registryKey(group.ModelPackageGroupArn);
  if ([...account.modelPackages.values()].some(({ ModelPackageGroupName }) => inside(ModelPackageGroupName))) {
    throw new AwsError(
      'ConflictException',
      `Model Package Group cannot be deleted because it still has Model Packages: ${group.ModelPackageGroupArn}`,
    );
  }
  await account.modelPackageGroups.delete(registryKey(group.ModelPackageGroupArn));
};
