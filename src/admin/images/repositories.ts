import { GatewayError } from '../../errors.ts';
import type { Aws } from '../../sagemaker/aws.ts';
import { builtInRepositories } from '../../sagemaker/built-in-images.ts';
import { listRepositories, listRepositoryImages } from '../../sagemaker/ecr.ts';
import { orNothing } from '../../sagemaker/or-nothing.ts';
import { listCollection } from '../collection.ts';
import type { Page } from '../paging.ts';
import type { ImageQuery, ImageRepository, ImageRepositorySummary } from './schema.ts';

/** A page of the repositories of the built-in algorithms and of one's own. */
export async function listImageRepositories(aws: Aws, query: ImageQuery): Promise<Page<ImageRepositorySummary>> {
  const { source, region = await aws.region() } = query;
  const builtIn = source === 'own' ? [] : builtInRepositories(region);
  const own = source === 'built-in' ? [] : await listRepositories(aws);
  const all: ImageRepositorySummary[] = [
    ...own.map((repository) => ({ ...repository, source: 'own' as const })),
    ...builtIn.map(({ name, uri }) => ({ name, uri, source: 'built-in' as const })),
  ];
  // A repository of one's own may be called as a built-in one.
  const byUri = new Map(all.map((repository) => [repository.uri, repository]));
  const repositories = { ids: [...byUri.keys()], read: (uri: string) => byUri.get(uri) };
  return listCollection({ ...repositories, listed: ({ name, createdAt }) => ({ name, createdAt }) }, query);
}

/** A repository with its images: one's own before a built-in one of the same name. @throws GatewayError not_found */
export async function getImageRepository(aws: Aws, name: string, region?: string): Promise<ImageRepository> {
  const own = region === undefined ? (await orNothing(listRepositories(aws, [name])))?.[0] : undefined;
  if (own !== undefined) {
    const images = await listRepositoryImages(aws, name);
    const newestFirst = images.toSorted((a, b) => ((a.pushedAt ?? '') < (b.pushedAt ?? '') ? 1 : -1));
    return {
      ...own,
      source: 'own',
      images: newestFirst.map((image) => ({ uri: referenceTo(own.uri, image), ...image })),
    };
  }
  const builtIn = builtInRepositories(region ?? (await aws.region())).find((repository) => repository.name === name);
  if (builtIn === undefined) throw new GatewayError('not_found', `There is no repository "${name}".`);
  const { uri, tags } = builtIn;
  const images = tags.toReversed().map((tag) => ({ uri: `${uri}:${tag}`, tags: [tag] }));
  return { name, uri, source: 'built-in', images };
}

const referenceTo = (
  repository: string,
  { tags: [tag], digest }: { readonly tags: readonly string[]; readonly digest: string },
): string => (tag === undefined ? `${repository}@${digest}` : `${repository}:${tag}`);
