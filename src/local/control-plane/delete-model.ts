import Type from 'typebox';
import { operation } from '../wire/operation.ts';
import { ModelName } from '../wire/shapes.ts';
import { findModel } from './find.ts';

export const deleteModel = operation(Type.Object({ ModelName }), async (input, account) => {
  findModel(account, input.ModelName);
  await account.models.delete(input.ModelName.toLowerCase());
});
