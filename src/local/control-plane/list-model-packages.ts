import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { type ModelPackage, registryKey } from '../model-registry/model-package.ts';
import { listPage } from './list-page.ts';

export const listModelPackages = (input: Inputs['ListModelPackages'], account: Account) => {
  const { ModelPackageGroupName: group, ModelApprovalStatus } = input;
  // As documented: without a type, the packages without a version, unless a group is named.
  const type = input.ModelPackageType ?? (group === undefined ? 'Unversioned' : 'Versioned');
  const wanted = [...account.modelPackages.values()].filter((each) => {
    const versioned = each.ModelPackageVersion !== undefined;
    if (type !== 'Both' && versioned !== (type === 'Versioned')) return false;
    if (group !== undefined && registryKey(each.ModelPackageGroupName ?? '') !== registryKey(group)) return false;
    return ModelApprovalStatus === undefined || each.ModelApprovalStatus === ModelApprovalStatus;
  });
  const { page, ...next } = listPage(
    wanted,
    (each) => ({
      // Versions of one group are told apart.
      name: registryKey(each.ModelPackageArn),
      created: each.CreationTime,
      modified: each.LastModifiedTime ?? each.CreationTime,
    }),
    input,
    { order: 'Ascending' },
  );
  return { ModelPackageSummaryList: page.map(summarizePackage), ...next };
};

export const summarizePackage = (each: ModelPackage) => ({
  // Of a version only the group has a name.
  ...(each.ModelPackageVersion === undefined && { ModelPackageName: each.ModelPackageName }),
  ModelPackageGroupName: each.ModelPackageGroupName,
  ModelPackageVersion: each.ModelPackageVersion,
  ModelPackageArn: each.ModelPackageArn,
  ModelPackageDescription: each.ModelPackageDescription,
  CreationTime: each.CreationTime,
  ModelPackageStatus: each.ModelPackageStatus,
  ModelApprovalStatus: each.ModelApprovalStatus,
});
