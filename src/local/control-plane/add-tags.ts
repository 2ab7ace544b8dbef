import Type from 'typebox';
import { validationException } from '../wire/aws-error.ts';
import { operation } from '../wire/operation.ts';
import { ResourceArn, Tags } from '../wire/shapes.ts';
import { findTagged } from './tagged-resource.ts';

export const addTags = operation(Type.Object({ ResourceArn, Tags }), async (input, account) => {
  const { tags, replaceTags } = findTagged(account, input.ResourceArn);
  const merged = new Map([...tags, ...input.Tags].map((tag) => [tag.Key, tag]));
  if (merged.size > 50) throw validationException('The number of tags exceeds the limit of 50 tags per resource.');
  const all = [...merged.values()];
  await replaceTags(all);
  return { Tags: all };
});
