import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findModel } from './find.ts';
import { withoutTags } from './without-tags.ts';

export const describeModel = (input: Inputs['DescribeModel'], account: Account) => ({
  EnableNetworkIsolation: false,
  ...withoutTags(findModel(account, input.ModelName)),
});
