import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { sagemakerArn } from '../arn.ts';
import { epochSeconds } from '../clock.ts';
import { inUse, startImage } from './find-image.ts';

export const createImage = async (input: Inputs['CreateImage'], account: Account) => {
  const { ImageName } = input;
  if (account.images.get(ImageName.toLowerCase())) {
    throw inUse(`The Image with ImageName ${ImageName} already exists. Please use a different ImageName.`);
  }
  const ImageArn = sagemakerArn(account, 'image', ImageName);
  const now = epochSeconds();
  const times = { CreationTime: now, LastModifiedTime: now };
  await startImage(account, { ...input, ImageArn, ImageStatus: 'CREATING', ...times, lastVersion: 0 });
  return { ImageArn };
};
