import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findTagged } from './tagged-resource.ts';

export const deleteTags = async (input: Inputs['DeleteTags'], account: Account) => {
  const { tags, replaceTags } = findTagged(account, input.ResourceArn);
  await replaceTags(tags.filter(({ Key }) => !input.TagKeys.includes(Key)));
  return {};
};
