import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { propertyNames } from '../search/property-names.ts';
import { searchable } from '../search/searchable.ts';

/** Names that the resources there are have, and that begin as the hint says. */
export const getSearchSuggestions = (input: Inputs['GetSearchSuggestions'], account: Account) => {
  const hint = input.SuggestionQuery?.PropertyNameQuery?.PropertyNameHint.toLowerCase() ?? '';
  const names = new Set(
    searchable(input.Resource, account).flatMap(({ properties }) => [...propertyNames(properties)]),
  );
  const fitting = [...names].filter((name) => name.toLowerCase().startsWith(hint)).sort();
  return { PropertyNameSuggestions: fitting.map((PropertyName) => ({ PropertyName })) };
};
