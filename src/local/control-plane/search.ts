import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { matches, valuesAt } from '../search/matches.ts';
import { searchable } from '../search/searchable.ts';
import { listPage } from './list-page.ts';

export const search = (input: Inputs['Search'], account: Account) => {
  const { Resource, SearchExpression = {}, SortBy = 'LastModifiedTime' } = input;
  const { page, ...next } = listPage(
    searchable(Resource, account).filter(({ properties }) => matches(properties, SearchExpression)),
    ({ properties }) => {
      const [created, modified, value] = ['CreationTime', 'LastModifiedTime', SortBy].map(
        (name) => valuesAt(properties, name)[0],
      );
      const time = Number(modified ?? created);
      const sorted = typeof value === 'number' || typeof value === 'string' ? value : time;
      return {
        name: String(valuesAt(properties, `${Resource}Arn`)[0]),
        created: Number(created),
        modified: time,
        other: { [SortBy]: sorted },
      };
    },
    { ...input, SortBy },
  );
  return { Results: page.map(({ shown }) => ({ [Resource]: shown })), ...next };
};
