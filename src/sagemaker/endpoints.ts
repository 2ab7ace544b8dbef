import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  type ProductionVariantInstanceType,
} from '@aws-sdk/client-sagemaker';
import { GatewayError } from '../errors.ts';
import type { Aws } from './aws.ts';
import { defined } from './defined.ts';
import { sending } from './fault.ts';
import { managedTag } from './managed-tag.ts';

/** The answer to a question about one thing; undefined when it does not exist. */
async function orNothing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await sending(call);
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'not_found') return undefined;
    throw error;
  }
}

export interface ModelOrder {
  readonly name: string;
  readonly image: string;
  readonly modelArtifacts: string;
  readonly roleArn: string;
}

export async function createModel(aws: Aws, { name, image, modelArtifacts, roleArn }: ModelOrder): Promise<void> {
  const command = new CreateModelCommand({
    ModelName: name,
    PrimaryContainer: { Image: image, ModelDataUrl: modelArtifacts },
    ExecutionRoleArn: roleArn,
    Tags: [managedTag],
  });
  await sending(aws.sagemaker.send(command));
}

export interface Fleet {
  readonly instanceType: string;
  readonly instanceCount: number;
}

/** Makes the endpoint configuration of a model, under the model's name. */
export async function createEndpointConfig(aws: Aws, model: string, fleet: Fleet): Promise<void> {
  const command = new CreateEndpointConfigCommand({
    EndpointConfigName: model,
    ProductionVariants: [
      {
        VariantName: 'AllTraffic',
        ModelName: model,
        InstanceType: fleet.instanceType as ProductionVariantInstanceType,
        InitialInstanceCount: fleet.instanceCount,
      },
    ],
    Tags: [managedTag],
  });
  await sending(aws.sagemaker.send(command));
}

export async function createEndpoint(aws: Aws, name: string, configName: string): Promise<void> {
  const command = new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: configName, Tags: [managedTag] });
  await sending(aws.sagemaker.send(command));
}

/** Undefined when there is none of that name. */
export async function findEndpoint(aws: Aws, name: string) {
  const endpoint = await orNothing(aws.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name })));
  return (
    endpoint &&
    defined({
      status: endpoint.EndpointStatus ?? 'OutOfService',
      configName: endpoint.EndpointConfigName ?? '',
      failureReason: endpoint.FailureReason,
      createdAt: endpoint.CreationTime?.toISOString(),
      updatedAt: endpoint.LastModifiedTime?.toISOString(),
    })
  );
}

/** What an endpoint configuration runs on; undefined when there is none of that name. */
export async function findFleet(aws: Aws, configName: string) {
  const config = await orNothing(
    aws.sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: configName })),
  );
  const [variant] = config?.ProductionVariants ?? [];
  return variant && defined({ instanceType: variant.InstanceType, instanceCount: variant.InitialInstanceCount });
}

/** @returns whether it was there, as with the others */
export const deleteEndpoint = async (aws: Aws, name: string): Promise<boolean> =>
  (await orNothing(aws.sagemaker.send(new DeleteEndpointCommand({ EndpointName: name })))) !== undefined;

export const deleteEndpointConfig = async (aws: Aws, name: string): Promise<boolean> =>
  (await orNothing(aws.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name })))) !== undefined;

export const deleteModel = async (aws: Aws, name: string): Promise<boolean> =>
  (await orNothing(aws.sagemaker.send(new DeleteModelCommand({ ModelName: name })))) !== undefined;
