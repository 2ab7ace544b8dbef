import {
  CreateInferenceComponentCommand,
  DeleteInferenceComponentCommand,
  DescribeInferenceComponentCommand,
  type InferenceComponentSpecification,
  UpdateInferenceComponentCommand,
  UpdateInferenceComponentRuntimeConfigCommand,
} from '@aws-sdk/client-sagemaker';
import type { Aws } from './aws.ts';
import { defined } from './defined.ts';
import { type Guardrails, rollingConfig } from './endpoints.ts';
import { sending } from './fault.ts';
import { managedTag } from './managed-tag.ts';
import { orNothing } from './or-nothing.ts';

/** What each copy of a model needs of the instance that it shares with others. */
export interface CopyNeeds {
  readonly memoryMB: number;
  readonly maxMemoryMB?: number;
  /** Cores. */
  readonly cpus?: number;
  readonly accelerators?: number;
}

export interface ComponentModel {
  /** Name of a SageMaker model. */
  readonly model: string;
  readonly needs: CopyNeeds;
}

export interface ComponentOrder extends ComponentModel {
  readonly name: string;
  readonly endpoint: string;
  readonly variant: string;
  readonly copies: number;
}

const specification = ({ model, needs }: ComponentModel): InferenceComponentSpecification => ({
  ModelName: model,
  ComputeResourceRequirements: {
    MinMemoryRequiredInMb: needs.memoryMB,
    ...defined({
      MaxMemoryRequiredInMb: needs.maxMemoryMB,
      NumberOfCpuCoresRequired: needs.cpus,
      NumberOfAcceleratorDevicesRequired: needs.accelerators,
    }),
  },
});

/** The endpoint must be in service. */
export async function createComponent(aws: Aws, order: ComponentOrder): Promise<void> {
  const command = new CreateInferenceComponentCommand({
    InferenceComponentName: order.name,
    EndpointName: order.endpoint,
    VariantName: order.variant,
    Specification: specification(order),
    RuntimeConfig: { CopyCount: order.copies },
    Tags: [managedTag],
  });
  await sending(aws.sagemaker.send(command));
}

/** Undefined when there is none of that name. */
export async function findComponent(aws: Aws, name: string) {
  const command = new DescribeInferenceComponentCommand({ InferenceComponentName: name });
  const component = await orNothing(aws.sagemaker.send(command));
  return (
    component &&
    defined({
      /** Creating, InService, Updating, Failed or Deleting. */
      status: component.InferenceComponentStatus ?? 'Failed',
      model: component.Specification?.ModelName,
      failureReason: component.FailureReason,
      updatedAt: component.LastModifiedTime?.toISOString(),
      copies: component.RuntimeConfig?.DesiredCopyCount ?? 0,
      currentCopies: component.RuntimeConfig?.CurrentCopyCount ?? 0,
    })
  );
}

export type ComponentState = NonNullable<Awaited<ReturnType<typeof findComponent>>>;

export interface ComponentUpdate extends ComponentModel {
  /** Without them as many as there are. */
  readonly copies?: number;
  /** Copies are replaced batch by batch; without them all at once. */
  readonly guardrails?: Guardrails;
}

/** Puts another model in place of the one that a component has. */
export async function updateComponent(aws: Aws, name: string, update: ComponentUpdate): Promise<void> {
  const { copies, guardrails } = update;
  const command = new UpdateInferenceComponentCommand({
    InferenceComponentName: name,
    Specification: specification(update),
    ...(copies === undefined ? {} : { RuntimeConfig: { CopyCount: copies } }),
    ...(guardrails === undefined ? {} : { DeploymentConfig: rollingConfig(guardrails) }),
  });
  await sending(aws.sagemaker.send(command));
}

export async function changeCopies(aws: Aws, name: string, copies: number): Promise<void> {
  const command = new UpdateInferenceComponentRuntimeConfigCommand({
    InferenceComponentName: name,
    DesiredRuntimeConfig: { CopyCount: copies },
  });
  await sending(aws.sagemaker.send(command));
}

/** @returns whether it was there */
export const deleteComponent = async (aws: Aws, name: string): Promise<boolean> =>
  (await orNothing(aws.sagemaker.send(new DeleteInferenceComponentCommand({ InferenceComponentName: name })))) !==
  undefined;
