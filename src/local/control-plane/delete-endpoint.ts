import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { validationException } from '../wire/aws-error.ts';
import { findEndpoint } from './find.ts';

const deletable = ['InService', 'Failed', 'OutOfService', 'UpdateRollbackFailed'];

export const deleteEndpoint = async (input: Inputs['DeleteEndpoint'], account: Account) => {
  const endpoint = findEndpoint(account, input.EndpointName);
  if (!deletable.includes(endpoint.EndpointStatus)) {
    throw validationException(`Cannot update in-progress endpoint "${endpoint.EndpointArn}".`);
  }
  const { EndpointName, EndpointArn } = endpoint;
  if ([...account.inferenceComponents.values()].some((component) => component.EndpointName === EndpointName)) {
    throw validationException(`Cannot delete endpoint "${EndpointArn}" because it has inference components.`);
  }
  await account.fleet.delete(endpoint);
};
