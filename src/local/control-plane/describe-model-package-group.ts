import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import type { ModelPackageGroup } from '../model-registry/model-package.ts';
import { findModelPackageGroup } from './find.ts';

export const describeModelPackageGroup = (input: Inputs['DescribeModelPackageGroup'], account: Account) =>
  describeGroup(findModelPackageGroup(account, input.ModelPackageGroupName));

/** All but the tags. */
export function describeGroup({ lastVersion: _, Tags: __, ...group }: ModelPackageGroup): object {
  return { ...group, CreatedBy: {} };
}
