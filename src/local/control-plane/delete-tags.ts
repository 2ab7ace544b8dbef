import Type from 'typebox';
import { operation } from '../wire/operation.ts';
import { ResourceArn, TagKey } from '../wire/shapes.ts';
import { findTagged } from './tagged-resource.ts';

const Input = Type.Object({ ResourceArn, TagKeys: Type.Array(TagKey, { minItems: 1, maxItems: 50 }) });

export const deleteTags = operation(Input, async (input, account) => {
  const { tags, replaceTags } = findTagged(account, input.ResourceArn);
  await replaceTags(tags.filter(({ Key }) => !input.TagKeys.includes(Key)));
  return {};
});
