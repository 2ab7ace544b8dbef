import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { settledInferenceComponent } from './find-inference-component.ts';

export const deleteInferenceComponent = (
  { InferenceComponentName }: Inputs['DeleteInferenceComponent'],
  account: Account,
) => account.components.delete(settledInferenceComponent(account, InferenceComponentName));
