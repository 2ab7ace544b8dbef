import type { Account } from '../account.ts';
import type { DataCaptureConfig, Inputs } from '../api/sagemaker.ts';
import type { Endpoint, PendingDeployment, VariantSummary } from '../hosting/endpoint.ts';
import type { InferenceComponent } from '../inference-components/inference-component.ts';
import { findEndpoint } from './find.ts';

export const describeEndpoint = (input: Inputs['DescribeEndpoint'], account: Account) =>
  describeEndpointOf(findEndpoint(account, input.EndpointName), account.inferenceComponents.values());

/** All but the tags. @param components those of the account */
export function describeEndpointOf(endpoint: Endpoint, components: Iterable<InferenceComponent>): object {
  const { Tags: _, serving, pending, configName, ...rest } = endpoint;
  const hosted = [...components].filter(({ EndpointName }) => EndpointName === endpoint.EndpointName);
  return {
    ...rest,
    EndpointConfigName: serving?.configName ?? configName,
    // While it is being created there is nothing deployed to speak of.
    ...(serving && {
      ProductionVariants: serving.variants.map(({ summary }) => managed(shrinking(summary, pending), hosted)),
    }),
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

/** Instances that no copy of a component needs are given back, as many as may be. */
function managed(summary: VariantSummary, hosted: readonly InferenceComponent[]): VariantSummary {
  const { Status, MinInstanceCount: CurrentInstanceCount } = summary.ManagedInstanceScaling ?? {};
  const own = hosted.filter(({ VariantName }) => VariantName === summary.VariantName);
  const idle = own.length > 0 && own.every(({ desiredCopies, currentCopies }) => desiredCopies + currentCopies === 0);
  if (Status !== 'ENABLED' || CurrentInstanceCount === undefined || !idle) return summary;
  return { ...summary, CurrentInstanceCount, DesiredInstanceCount: CurrentInstanceCount };
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
