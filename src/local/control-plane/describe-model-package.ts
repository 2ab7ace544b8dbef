import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findModelPackage } from './find.ts';
import { withoutTags } from './without-tags.ts';

export const describeModelPackage = (input: Inputs['DescribeModelPackage'], account: Account) =>
  withoutTags(findModelPackage(account, input.ModelPackageName));
