import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { listPage } from './list-page.ts';

export const listInferenceComponents = (input: Inputs['ListInferenceComponents'], account: Account) => {
  const { EndpointNameEquals, VariantNameEquals } = input;
  const { page, ...next } = listPage(
    [...account.inferenceComponents.values()].filter(
      ({ EndpointName, VariantName }) =>
        (EndpointNameEquals ?? EndpointName) === EndpointName && (VariantNameEquals ?? VariantName) === VariantName,
    ),
    (component) => ({
      name: component.InferenceComponentName,
      status: component.InferenceComponentStatus,
      created: component.CreationTime,
      modified: component.LastModifiedTime,
    }),
    input,
  );
  const InferenceComponents = page.map((component) => ({
    InferenceComponentName: component.InferenceComponentName,
    InferenceComponentArn: component.InferenceComponentArn,
    EndpointName: component.EndpointName,
    EndpointArn: component.EndpointArn,
    VariantName: component.VariantName,
    InferenceComponentStatus: component.InferenceComponentStatus,
    CreationTime: component.CreationTime,
    LastModifiedTime: component.LastModifiedTime,
  }));
  return { InferenceComponents, ...next };
};
