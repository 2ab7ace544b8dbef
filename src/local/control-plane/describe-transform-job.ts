import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findTransformJob } from './find.ts';
import { withoutTags } from './without-tags.ts';

export const describeTransformJob = (input: Inputs['DescribeTransformJob'], account: Account) =>
  withoutTags(findTransformJob(account, input.TransformJobName));
