import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findImage } from './find-image.ts';

export const describeImage = (input: Inputs['DescribeImage'], account: Account) => {
  const { Tags: _, lastVersion: __, ...image } = findImage(account, input.ImageName);
  return image;
};
