import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { componentContainer } from '../inference-components/inference-component.ts';
import { settledInferenceComponent } from './find-inference-component.ts';

/** The new specification is loaded beside the old one, which serves until then. */
export const updateInferenceComponent = async (input: Inputs['UpdateInferenceComponent'], account: Account) => {
  const { FailureReason: _, ...component } = settledInferenceComponent(account, input.InferenceComponentName);
  const { Specification, RuntimeConfig } = input;
  const changed = Specification && {
    Specification: { ...component.Specification, ...Specification },
    ...((Specification.ModelName ?? Specification.Container) && {
      Specification,
      container: componentContainer(Specification, account.models),
    }),
  };
  const desiredCopies = RuntimeConfig?.CopyCount ?? component.desiredCopies;
  const next = { ...component, ...changed, desiredCopies, InferenceComponentStatus: 'Updating' as const };
  await account.components.bring(next, changed !== undefined);
  return { InferenceComponentArn: component.InferenceComponentArn };
};

export const updateInferenceComponentRuntimeConfig = async (
  { InferenceComponentName, DesiredRuntimeConfig }: Inputs['UpdateInferenceComponentRuntimeConfig'],
  account: Account,
) => {
  const { FailureReason: _, ...component } = settledInferenceComponent(account, InferenceComponentName);
  const desiredCopies = DesiredRuntimeConfig.CopyCount;
  await account.components.bring({ ...component, desiredCopies, InferenceComponentStatus: 'Updating' }, false);
  return { InferenceComponentArn: component.InferenceComponentArn };
};
