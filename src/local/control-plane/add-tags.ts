import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { validationException } from '../wire/aws-error.ts';
import { findTagged } from './tagged-resource.ts';

export const addTags = async (input: Inputs['AddTags'], account: Account) => {
  const { tags, replaceTags } = findTagged(account, input.ResourceArn);
  const merged = new Map([...tags, ...input.Tags].map((tag) => [tag.Key, tag]));
  if (merged.size > 50) throw validationException('The number of tags exceeds the limit of 50 tags per resource.');
  const all = [...merged.values()];
  await replaceTags(all);
  return { Tags: all };
};
