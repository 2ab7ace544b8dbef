import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import type { Model } from '../hosting/model.ts';
import { findModel } from './find.ts';

export const describeModel = (input: Inputs['DescribeModel'], account: Account) =>
  describeModelOf(findModel(account, input.ModelName));

/** All but the tags. */
export function describeModelOf({ Tags: _, resolved: __, ...model }: Model): object {
  return { EnableNetworkIsolation: false, ...model };
}
