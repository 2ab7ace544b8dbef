import type { CreateModelPackageGroupInput, CreateModelPackageInput } from '../api/sagemaker.ts';

/** A group as Describe gives it back, tags apart. Times in epoch seconds. */
export type ModelPackageGroup = CreateModelPackageGroupInput & {
  ModelPackageGroupArn: string;
  ModelPackageGroupStatus: 'Completed';
  CreationTime: number;
  /** The version that was given last: one that is deleted does not come again. */
  lastVersion: number;
};

/** A package as Describe gives it back, tags apart. */
export type ModelPackage = Omit<CreateModelPackageInput, 'ClientToken'> & {
  ModelPackageName: string;
  ModelPackageVersion?: number;
  ModelPackageArn: string;
  ModelPackageStatus: 'Completed';
  ModelPackageStatusDetails: { ValidationStatuses: object[]; ImageScanStatuses: object[] };
  CreationTime: number;
  LastModifiedTime?: number;
  ApprovalDescription?: string;
};

/** The last part of an ARN, or the name itself: operations take either. `group/3` for a version of a group. */
export const registryKey = (nameOrArn: string) => nameOrArn.replace(/^arn:[^/]*\//, '').toLowerCase();
