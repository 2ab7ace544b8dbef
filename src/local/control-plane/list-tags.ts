import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findTagged } from './tagged-resource.ts';

export const listTags = (input: Inputs['ListTags'], account: Account) => ({
  Tags: findTagged(account, input.ResourceArn).tags,
});
