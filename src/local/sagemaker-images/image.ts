import type { CreateImageRequest, CreateImageVersionRequest } from '../api/sagemaker.ts';

/** An image as it is stored. Times in epoch seconds. */
export type Image = CreateImageRequest & {
  ImageArn: string;
  ImageStatus: 'CREATING' | 'CREATED' | 'UPDATING' | 'DELETING';
  CreationTime: number;
  LastModifiedTime: number;
  /** The version that was given last: one that is deleted does not come again. */
  lastVersion: number;
};

/** A version as it is stored, under `versionKey`. Times in epoch seconds. */
export type ImageVersion = CreateImageVersionRequest & {
  ImageArn: string;
  ImageVersionArn: string;
  ImageVersionStatus: 'CREATING' | 'CREATED' | 'CREATE_FAILED' | 'DELETING';
  FailureReason?: string;
  /** The base image by its digest, where its registry is this account's. */
  ContainerImage?: string;
  Version: number;
  CreationTime: number;
  LastModifiedTime: number;
};

export const versionKey = ({ ImageName, Version }: Pick<ImageVersion, 'ImageName' | 'Version'>) =>
  `${ImageName.toLowerCase()}/${Version}`;

export interface BaseImage {
  accountId: string;
  region: string;
  repository: string;
  imageTag?: string;
  imageDigest?: string;
}

/** `<account>.dkr.ecr.<region>.amazonaws.com/<repository>[:tag or @digest]`; undefined of anything else. */
export function parseBaseImage(uri: string): BaseImage | undefined {
  const [, accountId, region, repository, imageTag = 'latest', imageDigest] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([a-z0-9/._-]+)(?::([\w.-]+)|@(sha256:[0-9a-f]{64}))?$/.exec(
      uri,
    ) ?? [];
  if (accountId === undefined || region === undefined || repository === undefined) return undefined;
  return { accountId, region, repository, ...(imageDigest === undefined ? { imageTag } : { imageDigest }) };
}
