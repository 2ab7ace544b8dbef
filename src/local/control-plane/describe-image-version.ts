import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findImageVersion } from './find-image.ts';

export const describeImageVersion = (input: Inputs['DescribeImageVersion'], account: Account) => {
  const { ImageName: _, ClientToken: __, Aliases: ___, ...version } = findImageVersion(account, input);
  return version;
};
