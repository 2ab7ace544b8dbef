import type { Account } from '../account.ts';
import { sagemakerArn } from '../arn.ts';
import { type Image, type ImageVersion, versionKey } from '../sagemaker-images/image.ts';
import { AwsError, validationException } from '../wire/aws-error.ts';

const notFound = (message: string) => new AwsError('ResourceNotFound', message);
export const inUse = (message: string) => new AwsError('ResourceInUse', message);

export function findImage(account: Account, name: string): Image {
  const image = account.images.get(name.toLowerCase());
  // In SageMaker's words: https://github.com/boto/botocore/issues/3782
  if (!image) throw notFound(`Image with ARN ${sagemakerArn(account, 'image', name)} does not exist`);
  return image;
}

/** One that is not on its way to another state. */
export function findSettledImage(account: Account, name: string): Image {
  const image = findImage(account, name);
  if (image.ImageStatus !== 'CREATED') throw inUse(`Image ${image.ImageArn} is in state ${image.ImageStatus}.`);
  return image;
}

/** The newest first. @throws AwsError ResourceNotFound without such an image */
export function versionsOf(account: Account, imageName: string): ImageVersion[] {
  const { ImageArn } = findImage(account, imageName);
  const all = [...account.imageVersions.values()].filter((version) => version.ImageArn === ImageArn);
  return all.sort((a, b) => b.Version - a.Version);
}

export interface NamedVersion {
  ImageName: string;
  Version?: number;
  Alias?: string;
}

export const fits = ({ Version, Aliases = [] }: ImageVersion, wanted: NamedVersion) =>
  (wanted.Version === undefined || Version === wanted.Version) &&
  (wanted.Alias === undefined || Aliases.includes(wanted.Alias));

/** By number or alias, or without either the newest. */
export function findImageVersion(account: Account, wanted: NamedVersion): ImageVersion {
  const { ImageName, Version, Alias } = wanted;
  const found = versionsOf(account, ImageName).find((version) => fits(version, wanted));
  if (found) return found;
  if (Version === undefined && Alias === undefined) {
    // As seen of SageMaker: https://github.com/aws-samples/sagemaker-studio-custom-image-samples/issues/17
    throw notFound(`Latest ImageVersion with ImageName ${ImageName} does not exist. Please provide a valid ImageName.`);
  }
  const which = Version === undefined ? `alias ${Alias}` : `version ${Version}`;
  throw notFound(`ImageVersion with ImageName ${ImageName} and ${which} does not exist.`);
}

/** One to be changed. AWS does not say what it changes when none is named; here it must be. */
export function findSettledVersion(account: Account, wanted: NamedVersion): ImageVersion {
  if (wanted.Version === undefined && wanted.Alias === undefined) {
    throw validationException('Either Version or Alias must be specified.');
  }
  const version = findImageVersion(account, wanted);
  checkSettled(version);
  return version;
}

export function checkSettled({ ImageVersionArn, ImageVersionStatus: status }: ImageVersion): void {
  if (status.endsWith('ING')) throw inUse(`ImageVersion ${ImageVersionArn} is in state ${status}.`);
}

/** An alias stands for one version of an image: it is taken from one before it is given to another. */
export function checkAliases(account: Account, imageName: string, aliases: readonly string[], of?: ImageVersion): void {
  for (const { Version, Aliases = [] } of versionsOf(account, imageName)) {
    const taken = aliases.find((alias) => Version !== of?.Version && Aliases.includes(alias));
    if (taken !== undefined) throw inUse(`Alias ${taken} is in use by version ${Version} of image ${imageName}.`);
  }
}

/** Stores a version in the state that it passes through. */
export async function startVersion(account: Account, version: ImageVersion): Promise<void> {
  await account.imageVersions.set(versionKey(version), version);
  account.imageTransitions.settleVersion(versionKey(version));
}

/** Stores an image in the state that it passes through. */
export async function startImage(account: Account, image: Image): Promise<void> {
  await account.images.set(image.ImageName.toLowerCase(), image);
  account.imageTransitions.settleImage(image.ImageName);
}
