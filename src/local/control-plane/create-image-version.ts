import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { sagemakerArn } from '../arn.ts';
import { epochSeconds } from '../clock.ts';
import { parseBaseImage } from '../sagemaker-images/image.ts';
import { validationException } from '../wire/aws-error.ts';
import { checkAliases, findSettledImage, startVersion, versionsOf } from './find-image.ts';

export const createImageVersion = async (input: Inputs['CreateImageVersion'], account: Account) => {
  const { ImageName, ClientToken, BaseImage, Aliases = [] } = input;
  const versions = versionsOf(account, ImageName);
  const again = versions.find((version) => version.ClientToken === ClientToken);
  if (again) return { ImageVersionArn: again.ImageVersionArn };
  const image = findSettledImage(account, ImageName);
  if (!parseBaseImage(BaseImage)) {
    throw validationException(
      `BaseImage ${BaseImage} is not an Amazon ECR URI: <acct-id>.dkr.ecr.<region>.amazonaws.com/<repo-name[:tag] or [@digest]>.`,
    );
  }
  checkAliases(account, ImageName, Aliases);
  // A crash between the two writes leaves either behind.
  const Version = Math.max(image.lastVersion, versions[0]?.Version ?? 0) + 1;
  const ImageVersionArn = sagemakerArn(account, 'image-version', `${image.ImageName}/${Version}`);
  const now = epochSeconds();
  await Promise.all([
    account.images.set(ImageName.toLowerCase(), { ...image, lastVersion: Version }),
    startVersion(account, {
      ...input,
      Aliases: [...new Set(Aliases)],
      ImageName: image.ImageName,
      ImageArn: image.ImageArn,
      ImageVersionArn,
      ImageVersionStatus: 'CREATING',
      Version,
      CreationTime: now,
      LastModifiedTime: now,
    }),
  ]);
  return { ImageVersionArn };
};
