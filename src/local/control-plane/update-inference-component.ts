import type { Account } from '../account.ts';
import type { InferenceComponentSpecification, Inputs } from '../api/sagemaker.ts';
import { epochSeconds } from '../clock.ts';
import { checkDeploymentConfig } from '../hosting/deployment-config.ts';
import {
  type ComponentModel,
  componentContainer,
  type InferenceComponent,
} from '../inference-components/inference-component.ts';
import { rollingConfig } from '../inference-components/rolling-config.ts';
import { validationException } from '../wire/aws-error.ts';
import { settledInferenceComponent } from './find-inference-component.ts';

/** The new specification is loaded beside the old one, which serves until then, and in a rolling update with it. */
export const updateInferenceComponent = async (input: Inputs['UpdateInferenceComponent'], account: Account) => {
  const { FailureReason: _, ...component } = settledInferenceComponent(account, input.InferenceComponentName);
  const { Specification, RuntimeConfig, DeploymentConfig: policy } = input;
  if (policy) checkDeploymentConfig(rollingConfig(policy));
  for (const { AlarmName = '' } of policy?.AutoRollbackConfiguration?.Alarms ?? []) {
    if (!account.alarms.get(AlarmName)) {
      throw validationException(`Could not find the CloudWatch alarm "${AlarmName}" of AutoRollbackConfiguration.`);
    }
  }
  const pending = Specification && {
    ...changed(component, Specification, account),
    ...(policy && { policy }),
    since: epochSeconds(),
  };
  await account.components.bring({
    ...component,
    ...(pending && { pending }),
    ...(policy && { LastDeploymentConfig: policy }),
    desiredCopies: RuntimeConfig?.CopyCount ?? component.desiredCopies,
    InferenceComponentStatus: 'Updating',
  });
  return { InferenceComponentArn: component.InferenceComponentArn };
};

/** Without a model or container those that there are stay, with other resources. */
function changed(
  component: InferenceComponent,
  Specification: InferenceComponentSpecification,
  account: Account,
): ComponentModel {
  if (Specification.ModelName === undefined && Specification.Container === undefined) {
    return { Specification: { ...component.Specification, ...Specification }, container: component.container };
  }
  return { Specification, container: componentContainer(Specification, account.models) };
}

export const updateInferenceComponentRuntimeConfig = async (
  { InferenceComponentName, DesiredRuntimeConfig }: Inputs['UpdateInferenceComponentRuntimeConfig'],
  account: Account,
) => {
  const { InferenceComponentArn } = settledInferenceComponent(account, InferenceComponentName);
  await account.components.scale(InferenceComponentName, DesiredRuntimeConfig.CopyCount);
  return { InferenceComponentArn };
};
