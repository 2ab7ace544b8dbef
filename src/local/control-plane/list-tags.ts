import Type from 'typebox';
import { operation } from '../wire/operation.ts';
import { ResourceArn, text } from '../wire/shapes.ts';
import { findTagged } from './tagged-resource.ts';

const Input = Type.Object({
  ResourceArn,
  NextToken: Type.Optional(text(8192)),
  // The smallest page is as large as the most tags a resource may have: there never is a second one.
  MaxResults: Type.Optional(Type.Integer({ minimum: 50 })),
});

export const listTags = operation(Input, (input, account) => ({ Tags: findTagged(account, input.ResourceArn).tags }));
