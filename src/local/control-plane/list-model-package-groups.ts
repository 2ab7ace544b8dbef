import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { listPage } from './list-page.ts';

export const listModelPackageGroups = (input: Inputs['ListModelPackageGroups'], account: Account) => {
  const { page, ...next } = listPage(
    // There is one account only.
    input.CrossAccountFilterOption === 'CrossAccount' ? [] : account.modelPackageGroups.values(),
    (group) => ({ name: group.ModelPackageGroupName, created: group.CreationTime, modified: group.CreationTime }),
    input,
    { order: 'Ascending' },
  );
  const ModelPackageGroupSummaryList = page.map((group) => ({
    ModelPackageGroupName: group.ModelPackageGroupName,
    ModelPackageGroupArn: group.ModelPackageGroupArn,
    ModelPackageGroupDescription: group.ModelPackageGroupDescription,
    CreationTime: group.CreationTime,
    ModelPackageGroupStatus: group.ModelPackageGroupStatus,
  }));
  return { ModelPackageGroupSummaryList, ...next };
};
