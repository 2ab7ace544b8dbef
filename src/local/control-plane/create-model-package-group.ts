import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { sagemakerArn } from '../arn.ts';
import { epochSeconds } from '../clock.ts';
import { validationException } from '../wire/aws-error.ts';

export const createModelPackageGroup = async (input: Inputs['CreateModelPackageGroup'], account: Account) => {
  const key = input.ModelPackageGroupName.toLowerCase();
  const ModelPackageGroupArn = sagemakerArn(account, 'model-package-group', input.ModelPackageGroupName);
  if (account.modelPackageGroups.get(key)) {
    throw validationException(`Model Package Group already exists: ${ModelPackageGroupArn}`);
  }
  await account.modelPackageGroups.set(key, {
    ...input,
    ModelPackageGroupArn,
    ModelPackageGroupStatus: 'Completed',
    CreationTime: epochSeconds(),
    lastVersion: 0,
  });
  return { ModelPackageGroupArn };
};
