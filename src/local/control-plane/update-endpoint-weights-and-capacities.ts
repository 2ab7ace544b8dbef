import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { validationException } from '../wire/aws-error.ts';
import { findEndpoint } from './find.ts';

export const updateEndpointWeightsAndCapacities = async (
  { EndpointName, DesiredWeightsAndCapacities }: Inputs['UpdateEndpointWeightsAndCapacities'],
  account: Account,
) => {
  const { EndpointArn, EndpointStatus, serving } = findEndpoint(account, EndpointName);
  if (EndpointStatus !== 'InService') throw validationException(`Cannot update in-progress endpoint "${EndpointArn}".`);
  const unknown = DesiredWeightsAndCapacities.map(({ VariantName }) => VariantName).filter(
    (asked) => !serving?.variants.some(({ name }) => name === asked),
  );
  if (unknown.length > 0) {
    throw validationException(
      `The variant name(s) "${unknown.join(', ')}" is/are not present within endpoint configuration "${serving?.configName}".`,
    );
  }
  await account.fleet.reweigh(EndpointName, DesiredWeightsAndCapacities);
  return { EndpointArn };
};
