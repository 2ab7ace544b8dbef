import type { Account } from '../account.ts';
import type { Inputs } from '../api/ecr.ts';
import { pageOf } from '../wire/page-of.ts';
import { describeRepository } from './repository.ts';

export const describeRepositories = async (input: Inputs['DescribeRepositories'], account: Account) => {
  const { repositoryNames, nextToken, maxResults = 100 } = input;
  const { registry } = account;
  const wanted =
    repositoryNames === undefined
      ? await registry.all()
      : await Promise.all(repositoryNames.map((name) => registry.find(account, name)));
  const from = { limit: maxResults, ...(nextToken !== undefined && { nextToken }) };
  const { page, ...next } = pageOf(wanted, from, ({ name }) => name);
  return { repositories: page.map((repository) => describeRepository(account, repository)), ...next };
};
