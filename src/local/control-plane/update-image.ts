import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { epochSeconds } from '../clock.ts';
import type { Image } from '../sagemaker-images/image.ts';
import { findSettledImage, startImage } from './find-image.ts';

export const updateImage = async (input: Inputs['UpdateImage'], account: Account) => {
  const { ImageName, DeleteProperties = [], ...changes } = input;
  const image = findSettledImage(account, ImageName);
  const changed: Image = { ...image, ...changes, ImageStatus: 'UPDATING', LastModifiedTime: epochSeconds() };
  if (DeleteProperties.includes('Description')) delete changed.Description;
  if (DeleteProperties.includes('DisplayName')) delete changed.DisplayName;
  await startImage(account, changed);
  return { ImageArn: image.ImageArn };
};
