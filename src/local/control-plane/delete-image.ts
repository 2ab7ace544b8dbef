import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { checkSettled, findSettledImage, startImage, versionsOf } from './find-image.ts';

/** Its versions go with it, as documented. */
export const deleteImage = async (input: Inputs['DeleteImage'], account: Account) => {
  const image = findSettledImage(account, input.ImageName);
  for (const version of versionsOf(account, input.ImageName)) checkSettled(version);
  await startImage(account, { ...image, ImageStatus: 'DELETING' });
  return {};
};
