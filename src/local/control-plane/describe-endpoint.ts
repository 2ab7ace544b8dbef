import type { Account } from '../account.ts';
import type { DataCaptureConfig, Inputs } from '../api/sagemaker.ts';
import type { Endpoint, PendingDeployment, VariantSummary } from '../hosting/endpoint.ts';
import { findEndpoint } from './find.ts';

export const describeEndpoint = (input: Inputs['DescribeEndpoint'], account: Account) =>
  describeEndpointOf(findEndpoint(account, input.EndpointName));

/** All but the tags. */
export function describeEndpointOf(endpoint: Endpoint): object {
  const { Tags: _, serving, pending, configName, ...rest } = endpoint;
  return {
    ...rest,
    EndpointConfigName: serving?.configName ?? configName,
    // While it is being created there is nothing deployed to speak of.
    ...(serving && { ProductionVariants: serving.variants.map(({ summary }) => shrinking(summary, pending)) }),
    ...(serving?.shadows && { ShadowProductionVariants: serving.shadows.map(({ summary }) => summary) }),
    ...(serving?.captureConfig && { DataCaptureConfig: describeCapture(serving.captureConfig) }),
    ...(serving?.asyncConfig && { AsyncInferenceConfig: serving.asyncConfig }),
    ...(pending && { PendingDeploymentSummary: describePending(pending) }),
  };
}

const describeCapture = ({ InitialSamplingPercentage, DestinationS3Uri, KmsKeyId = '' }: DataCaptureConfig) => ({
  EnableCapture: true,
  CaptureStatus: 'Started',
  CurrentSamplingPercentage: InitialSamplingPercentage,
  DestinationS3Uri,
  KmsKeyId,
});

/** A rolling update takes the old instances away as the new ones come. */
function shrinking(summary: VariantSummary, pending: PendingDeployment | undefined): VariantSummary {
  if (!pending?.policy?.RollingUpdatePolicy || summary.CurrentInstanceCount === undefined) return summary;
  return { ...summary, CurrentInstanceCount: Math.floor(summary.CurrentInstanceCount * (1 - pending.progress.share)) };
}

function describePending({ configName, variants, progress }: PendingDeployment): object {
  const VariantStatus = [{ Status: progress.stage, StartTime: progress.stepSince }];
  return {
    EndpointConfigName: configName,
    ProductionVariants: variants.map(({ summary, instanceType }) => ({
      ...summary,
      ...(summary.DesiredInstanceCount !== undefined && {
        CurrentInstanceCount: Math.ceil(summary.DesiredInstanceCount * progress.share),
      }),
      ...(instanceType !== undefined && { InstanceType: instanceType }),
      VariantStatus,
    })),
    StartTime: progress.since,
  };
}
