import type { Account } from '../account.ts';
import type { Inputs } from '../api/ecr.ts';
import { epochSeconds } from '../clock.ts';
import { AwsError } from '../wire/aws-error.ts';
import { describeRepository } from './repository.ts';

export const createRepository = async (input: Inputs['CreateRepository'], account: Account) => {
  const { repositoryName: name, imageTagMutability } = input;
  if (account.registry.stored(name)) {
    throw new AwsError(
      'RepositoryAlreadyExistsException',
      `The repository with name '${name}' already exists in the registry with id '${account.accountId}'`,
    );
  }
  const immutableTags = imageTagMutability?.startsWith('IMMUTABLE') === true;
  const repository = { name, createdAt: epochSeconds(), immutableTags, images: [] };
  await account.registry.store(repository);
  return { repository: describeRepository(account, repository) };
};
