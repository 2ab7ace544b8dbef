import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findModel } from './find.ts';
import { withoutTags } from './without-tags.ts';

export const describeModel = (input: Inputs['DescribeModel'], account: Account) => {
  const { resolved: _, ...model } = withoutTags(findModel(account, input.ModelName));
  return { EnableNetworkIsolation: false, ...model };
};
