import type { Account } from '../account.ts';
import type { Inputs } from '../api/ecr.ts';
import { AwsError } from '../wire/aws-error.ts';
import { describeRepository, noSuchRepository } from './repository.ts';

export const deleteRepository = async (input: Inputs['DeleteRepository'], account: Account) => {
  const { repositoryName: name, force = false } = input;
  const repository = account.registry.stored(name);
  if (!repository) throw noSuchRepository(account, name);
  if (repository.images.length > 0 && !force) {
    throw new AwsError(
      'RepositoryNotEmptyException',
      `The repository with name '${name}' in registry with id '${account.accountId}' cannot be deleted because it still contains images`,
    );
  }
  await account.registry.remove(name);
  return { repository: describeRepository(account, repository) };
};
