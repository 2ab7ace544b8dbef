import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { sagemakerArn } from '../arn.ts';
import { epochSeconds } from '../clock.ts';
import { componentContainer } from '../inference-components/inference-component.ts';
import { validationException } from '../wire/aws-error.ts';
import { checkUnused, findEndpoint } from './find.ts';

export const createInferenceComponent = async (input: Inputs['CreateInferenceComponent'], account: Account) => {
  const { InferenceComponentName, Specification, RuntimeConfig, Tags } = input;
  const known = account.inferenceComponents.get(InferenceComponentName.toLowerCase());
  checkUnused(account, known, 'inference component', 'inference-component', InferenceComponentName);
  const endpoint = findEndpoint(account, input.EndpointName);
  if (endpoint.EndpointStatus !== 'InService') {
    throw validationException(`Endpoint "${endpoint.EndpointArn}" is not InService.`);
  }
  const VariantName = input.VariantName ?? endpoint.serving?.variants[0]?.name ?? '';
  if (!endpoint.serving?.variants.some(({ name, container }) => name === VariantName && !container.Image)) {
    throw validationException(
      `Variant "${VariantName}" of endpoint "${endpoint.EndpointArn}" does not host inference components.`,
    );
  }
  if (!Specification) throw validationException('Specification of the inference component must be specified.');
  const InferenceComponentArn = sagemakerArn(account, 'inference-component', InferenceComponentName);
  const now = epochSeconds();
  const component = {
    InferenceComponentName,
    InferenceComponentArn,
    EndpointName: endpoint.EndpointName,
    EndpointArn: endpoint.EndpointArn,
    VariantName,
    InferenceComponentStatus: 'Creating' as const,
    Specification,
    CreationTime: now,
    LastModifiedTime: now,
    ...(Tags && { Tags }),
    desiredCopies: RuntimeConfig?.CopyCount ?? 1,
    currentCopies: 0,
    container: componentContainer(Specification, account.models),
  };
  await account.components.bring(component);
  return { InferenceComponentArn };
};
