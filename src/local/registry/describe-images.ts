import type { Account } from '../account.ts';
import type { Inputs } from '../api/ecr.ts';
import { pageOf } from '../wire/page-of.ts';
import { findRegistryImage, type RegistryImage } from './repository.ts';

type Wanted = Pick<Inputs['DescribeImages'], 'repositoryName' | 'nextToken' | 'maxResults' | 'filter'>;

/** A page of the images of a repository that a filter lets through. */
async function imagePage({ repositoryName, nextToken, maxResults = 100, filter }: Wanted, account: Account) {
  const { images } = await account.registry.find(account, repositoryName);
  const { tagStatus = 'ANY' } = filter ?? {};
  const wanted = images.filter(({ tags }) => tagStatus === 'ANY' || tags.length > 0 === (tagStatus === 'TAGGED'));
  const from = { limit: maxResults, ...(nextToken !== undefined && { nextToken }) };
  return pageOf([...wanted], from, ({ digest }) => digest);
}

export const describeImages = async (input: Inputs['DescribeImages'], account: Account) => {
  const { repositoryName, imageIds } = input;
  const detail = ({ digest, tags, sizeBytes, pushedAt, mediaType }: RegistryImage) => ({
    registryId: account.accountId,
    repositoryName,
    imageDigest: digest,
    ...(tags.length > 0 && { imageTags: tags }),
    ...(sizeBytes !== undefined && { imageSizeInBytes: sizeBytes }),
    imagePushedAt: pushedAt,
    ...(mediaType !== undefined && { imageManifestMediaType: mediaType }),
  });
  if (imageIds === undefined) {
    const { page, ...next } = await imagePage(input, account);
    return { imageDetails: page.map(detail), ...next };
  }
  const repository = await account.registry.find(account, repositoryName);
  const imageDetails = imageIds.map((id) => detail(findRegistryImage(account, repository, id)));
  return { imageDetails };
};

export const listImages = async (input: Inputs['ListImages'], account: Account) => {
  const { page, ...next } = await imagePage(input, account);
  const imageIds = page.flatMap(({ digest: imageDigest, tags }) =>
    tags.length === 0 ? [{ imageDigest }] : tags.map((imageTag) => ({ imageDigest, imageTag })),
  );
  return { imageIds, ...next };
};
