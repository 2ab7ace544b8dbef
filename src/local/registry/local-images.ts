import { createHash } from 'node:crypto';
import type { DockerImage } from '../containers/docker.ts';
import type { Repository } from './repository.ts';

const part = '[a-z0-9]+(?:[._-]+[a-z0-9]+)*';
const named = new RegExp(`^(?:[^/]*[.:*][^/]*/)?(${part}(?:/${part})*):([\\w.*-]+)$`);

interface Found {
  readonly name: string;
  readonly tag: string;
  readonly digest: string;
  readonly pushedAt: number;
  readonly sizeBytes?: number;
}

/** A name that patterns with a wildcard for the tag fit. */
const anyTag = 'latest';

function foundUnder(reference: string, facts: Omit<Found, 'name' | 'tag'>): Found[] {
  const [, name, tag = ''] = named.exec(reference) ?? [];
  return name === undefined ? [] : [{ ...facts, name, tag: tag.includes('*') ? anyTag : tag }];
}

/** The images of this machine as repositories: programs by the names that they are bound to, and what a Docker engine has. */
export function localRepositories(
  bound: readonly string[],
  images: readonly DockerImage[],
  startedAt: number,
): Repository[] {
  const found = [
    ...bound.flatMap((pattern) => {
      const digest = `sha256:${createHash('sha256').update(pattern).digest('hex')}`;
      return foundUnder(pattern, { digest, pushedAt: startedAt });
    }),
    ...images.flatMap(({ references, digest, createdAt, sizeBytes }) =>
      references.flatMap((reference) => foundUnder(reference, { digest, pushedAt: createdAt, sizeBytes })),
    ),
  ];
  return Object.entries(Object.groupBy(found, ({ name }) => name)).map(([name, images = []]) => ({
    name,
    createdAt: Math.min(...images.map(({ pushedAt }) => pushedAt)),
    immutableTags: false,
    images: Object.values(Object.groupBy(images, ({ digest }) => digest)).flatMap((same = []) => {
      const [first] = same;
      if (first === undefined) return [];
      const { digest, pushedAt, sizeBytes } = first;
      return [{ digest, tags: same.map(({ tag }) => tag), pushedAt, ...(sizeBytes !== undefined && { sizeBytes }) }];
    }),
  }));
}
