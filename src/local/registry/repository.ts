import type { Scope } from '../arn.ts';
import { partition } from '../arn.ts';
import { AwsError } from '../wire/aws-error.ts';

/** An image as it was pushed. */
export interface RegistryImage {
  readonly digest: string;
  readonly tags: readonly string[];
  /** Unknown for a program that stands in for an image. */
  readonly sizeBytes?: number;
  /** Epoch seconds. */
  readonly pushedAt: number;
  readonly mediaType?: string;
}

/** A repository of ECR, as it is stored. Times in epoch seconds. */
export interface Repository {
  readonly name: string;
  readonly createdAt: number;
  readonly immutableTags: boolean;
  readonly images: readonly RegistryImage[];
}

const suffix = ({ region }: Scope) => (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com');

export const describeRepository = (scope: Scope, { name, createdAt, immutableTags }: Repository) => ({
  repositoryArn: `arn:${partition(scope)}:ecr:${scope.region}:${scope.accountId}:repository/${name}`,
  registryId: scope.accountId,
  repositoryName: name,
  repositoryUri: `${scope.accountId}.dkr.ecr.${scope.region}.${suffix(scope)}/${name}`,
  createdAt,
  imageTagMutability: immutableTags ? 'IMMUTABLE' : 'MUTABLE',
  imageScanningConfiguration: { scanOnPush: false },
  encryptionConfiguration: { encryptionType: 'AES256' },
});

export interface ImageId {
  readonly imageTag?: string;
  readonly imageDigest?: string;
}

/** @throws AwsError ImageNotFoundException */
export function findRegistryImage(scope: Scope, { name, images }: Repository, id: ImageId): RegistryImage {
  const { imageDigest, imageTag } = id;
  const image = images.find(
    ({ digest, tags }) =>
      (imageDigest === undefined || digest === imageDigest) && (imageTag === undefined || tags.includes(imageTag)),
  );
  if (image) return image;
  throw new AwsError(
    'ImageNotFoundException',
    `The image with imageId {imageDigest:'${imageDigest ?? 'null'}', imageTag:'${imageTag ?? 'null'}'} does not exist within the repository with name '${name}' in the registry with id '${scope.accountId}'`,
  );
}

export const noSuchRepository = (scope: Scope, name: string) =>
  new AwsError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${scope.accountId}'`,
  );
