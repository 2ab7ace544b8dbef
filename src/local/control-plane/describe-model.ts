import Type from 'typebox';
import { operation } from '../wire/operation.ts';
import { ModelName } from '../wire/shapes.ts';
import { findModel } from './find.ts';
import { withoutTags } from './without-tags.ts';

export const describeModel = operation(Type.Object({ ModelName }), (input, account) => ({
  EnableNetworkIsolation: false,
  ...withoutTags(findModel(account, input.ModelName)),
}));
