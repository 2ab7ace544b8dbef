import { DescribeImagesCommand, DescribeRepositoriesCommand, type ImageDetail } from '@aws-sdk/client-ecr';
import type { Aws } from './aws.ts';
import { defined } from './defined.ts';
import { sending } from './fault.ts';

/** What ECR gives at once. */
const pageSize = 1_000;

/** The account's own repositories, or those of these names. @throws GatewayError not_found for a name that there is not */
export async function listRepositories(aws: Aws, names?: string[]) {
  const found: { name: string; uri: string; createdAt?: string }[] = [];
  let nextToken: string | undefined;
  do {
    const paging = names === undefined ? { maxResults: pageSize, nextToken } : { repositoryNames: names };
    const page = await sending(aws.ecr.send(new DescribeRepositoriesCommand(paging)));
    for (const { repositoryName = '', repositoryUri = '', createdAt } of page.repositories ?? []) {
      found.push({ name: repositoryName, uri: repositoryUri, ...defined({ createdAt: createdAt?.toISOString() }) });
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}

const imageOf = ({ imageDigest = '', imageTags, imagePushedAt, imageSizeInBytes }: ImageDetail) => ({
  digest: imageDigest,
  tags: imageTags ?? [],
  ...defined({ pushedAt: imagePushedAt?.toISOString(), sizeBytes: imageSizeInBytes }),
});

/** All images of a repository, in no order. @throws GatewayError not_found */
export async function listRepositoryImages(aws: Aws, repositoryName: string) {
  const found: ReturnType<typeof imageOf>[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sending(
      aws.ecr.send(new DescribeImagesCommand({ repositoryName, maxResults: pageSize, nextToken })),
    );
    found.push(...(page.imageDetails ?? []).map(imageOf));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}
