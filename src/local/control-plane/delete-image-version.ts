import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findSettledVersion, startVersion } from './find-image.ts';

export const deleteImageVersion = async (input: Inputs['DeleteImageVersion'], account: Account) => {
  await startVersion(account, { ...findSettledVersion(account, input), ImageVersionStatus: 'DELETING' });
  return {};
};
