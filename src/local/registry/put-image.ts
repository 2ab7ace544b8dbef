import { createHash } from 'node:crypto';
import type { Account } from '../account.ts';
import type { Inputs } from '../api/ecr.ts';
import { epochSeconds } from '../clock.ts';
import { AwsError } from '../wire/aws-error.ts';
import { noSuchRepository, type RegistryImage } from './repository.ts';

interface Sized {
  readonly size?: number;
}

/** Bytes of what a manifest names. Its layers are not asked for: no image is run from here. */
function sizeOf(manifest: string): number {
  try {
    const { config, layers = [] } = JSON.parse(manifest) as { config?: Sized; layers?: readonly Sized[] };
    return [config, ...layers].reduce((sum, blob) => sum + (blob?.size ?? 0), 0);
  } catch {
    throw new AwsError(
      'InvalidParameterException',
      "Invalid parameter at 'ImageManifest' failed to satisfy constraint",
    );
  }
}

export const putImage = async (input: Inputs['PutImage'], account: Account) => {
  const { repositoryName, imageManifest, imageTag } = input;
  const repository = account.registry.stored(repositoryName);
  if (!repository) throw noSuchRepository(account, repositoryName);
  const digest = `sha256:${createHash('sha256').update(imageManifest).digest('hex')}`;
  const within = `in the repository with name '${repositoryName}' in registry with id '${account.accountId}'`;
  const sizeBytes = sizeOf(imageManifest);
  const known = repository.images.find((image) => image.digest === digest);
  if (known && (imageTag === undefined || known.tags.includes(imageTag))) {
    const named = imageTag === undefined ? '' : ` and tag '${imageTag}'`;
    throw new AwsError('ImageAlreadyExistsException', `Image with digest '${digest}'${named} already exists ${within}`);
  }
  const hasTag = ({ tags }: RegistryImage) => imageTag !== undefined && tags.includes(imageTag);
  if (repository.immutableTags && repository.images.some(hasTag)) {
    throw new AwsError(
      'ImageTagAlreadyExistsException',
      `The image tag '${imageTag}' already exists in the '${repositoryName}' repository and cannot be overwritten because the repository is immutable.`,
    );
  }
  const tags = [...(known?.tags ?? []), ...(imageTag === undefined ? [] : [imageTag])];
  const mediaType = input.imageManifestMediaType ?? 'application/vnd.docker.distribution.manifest.v2+json';
  const image = { pushedAt: epochSeconds(), ...known, digest, tags, sizeBytes, mediaType };
  const others = repository.images
    .filter((each) => each !== known)
    // A tag is of one image only.
    .map((each) => ({ ...each, tags: each.tags.filter((tag) => tag !== imageTag) }));
  await account.registry.store({ ...repository, images: [...others, image] });
  return {
    image: {
      registryId: account.accountId,
      repositoryName,
      imageId: { imageDigest: digest, ...(imageTag !== undefined && { imageTag }) },
      imageManifest,
      imageManifestMediaType: mediaType,
    },
  };
};
