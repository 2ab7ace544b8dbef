import {
  CreateEndpointConfigCommand,
  DeleteEndpointConfigCommand,
  type ProductionVariant,
  type ProductionVariantInstanceType,
} from '@aws-sdk/client-sagemaker';
import type { Aws } from './aws.ts';
import { sending } from './fault.ts';
import { managedTag } from './managed-tag.ts';
import { orNothing } from './or-nothing.ts';

/** What a variant runs on: instances, or none of its own. */
export interface Fleet {
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly serverless?: {
    readonly memoryMB: number;
    readonly maxConcurrency: number;
    readonly provisionedConcurrency?: number;
  };
  /** Instances come and go with the copies of inference components, within these bounds. */
  readonly managed?: { readonly minInstances: number; readonly maxInstances: number };
}

export interface VariantOrder {
  readonly name: string;
  /** Without one it is there for inference components. */
  readonly model?: string;
  readonly fleet: Fleet;
  readonly weight?: number;
}

export interface EndpointConfigOrder {
  readonly name: string;
  readonly variants: readonly VariantOrder[];
  /** Role of the inference components, where there are to be any. */
  readonly roleArn?: string;
  /** Gets copies of the calls; its weight over those of the others is the share. */
  readonly shadow?: VariantOrder;
  readonly async?: {
    readonly outputUri: string;
    readonly failureUri: string;
    readonly maxConcurrentPerInstance?: number;
  };
  readonly dataCapture?: { readonly percent: number; readonly uri: string };
}

const managedInstances = ({ minInstances, maxInstances }: NonNullable<Fleet['managed']>) => ({
  ManagedInstanceScaling: {
    Status: 'ENABLED' as const,
    MinInstanceCount: minInstances,
    MaxInstanceCount: maxInstances,
  },
  RoutingConfig: { RoutingStrategy: 'LEAST_OUTSTANDING_REQUESTS' as const },
});

const production = ({ name, model, fleet, weight }: VariantOrder): ProductionVariant => ({
  VariantName: name,
  ...(model === undefined ? {} : { ModelName: model }),
  ...(fleet.serverless === undefined
    ? {
        InstanceType: fleet.instanceType as ProductionVariantInstanceType,
        InitialInstanceCount: fleet.instanceCount,
        ...(fleet.managed === undefined ? {} : managedInstances(fleet.managed)),
      }
    : {
        ServerlessConfig: {
          MemorySizeInMB: fleet.serverless.memoryMB,
          MaxConcurrency: fleet.serverless.maxConcurrency,
          ...(fleet.serverless.provisionedConcurrency === undefined
            ? {}
            : { ProvisionedConcurrency: fleet.serverless.provisionedConcurrency }),
        },
      }),
  ...(weight === undefined ? {} : { InitialVariantWeight: weight }),
});

export async function createEndpointConfig(aws: Aws, order: EndpointConfigOrder): Promise<void> {
  const { name, variants, roleArn, shadow, async, dataCapture } = order;
  const command = new CreateEndpointConfigCommand({
    EndpointConfigName: name,
    ...(roleArn === undefined ? {} : { ExecutionRoleArn: roleArn }),
    ProductionVariants: variants.map(production),
    ...(shadow === undefined ? {} : { ShadowProductionVariants: [production(shadow)] }),
    ...(async === undefined
      ? {}
      : {
          AsyncInferenceConfig: {
            OutputConfig: { S3OutputPath: async.outputUri, S3FailurePath: async.failureUri },
            ...(async.maxConcurrentPerInstance === undefined
              ? {}
              : { ClientConfig: { MaxConcurrentInvocationsPerInstance: async.maxConcurrentPerInstance } }),
          },
        }),
    ...(dataCapture === undefined
      ? {}
      : {
          DataCaptureConfig: {
            EnableCapture: true,
            InitialSamplingPercentage: dataCapture.percent,
            DestinationS3Uri: dataCapture.uri,
            CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
            CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
          },
        }),
    Tags: [managedTag],
  });
  await sending(aws.sagemaker.send(command));
}

/** @returns whether it was there */
export const deleteEndpointConfig = async (aws: Aws, name: string): Promise<boolean> =>
  (await orNothing(aws.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name })))) !== undefined;
