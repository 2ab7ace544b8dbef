import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import type { Endpoint } from '../hosting/endpoint.ts';
import { findEndpoint } from './find.ts';

export const describeEndpoint = (input: Inputs['DescribeEndpoint'], account: Account) =>
  describe(findEndpoint(account, input.EndpointName));

function describe(endpoint: Endpoint): object {
  const { Tags: _, serving, pending, configName, ...rest } = endpoint;
  const summaries = serving?.variants.map(({ summary }) => summary);
  return {
    ...rest,
    EndpointConfigName: serving?.configName ?? configName,
    // While it is being created there is nothing deployed to speak of.
    ...(summaries && { ProductionVariants: summaries }),
    ...(serving?.asyncConfig && { AsyncInferenceConfig: serving.asyncConfig }),
    ...(serving &&
      pending && {
        PendingDeploymentSummary: {
          EndpointConfigName: pending.configName,
          ProductionVariants: pending.variants.map(({ summary }) => ({
            ...summary,
            VariantStatus: [{ Status: 'Creating', StartTime: pending.since }],
          })),
          StartTime: pending.since,
        },
      }),
  };
}
