import {
  CreateEndpointCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  type EndpointStatus,
  ListEndpointsCommand,
  type ProductionVariantSummary,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import type { Aws } from './aws.ts';
import { defined } from './defined.ts';
import { sending } from './fault.ts';
import { type ListQuery, listInput } from './list-query.ts';
import { managedTag } from './managed-tag.ts';
import { orNothing } from './or-nothing.ts';

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

export async function createEndpoint(aws: Aws, name: string, configName: string): Promise<void> {
  const command = new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: configName, Tags: [managedTag] });
  await sending(aws.sagemaker.send(command));
}

/** How SageMaker moves the calls from the instances of one configuration to those of another. */
export interface Guardrails {
  /** ROLLING replaces instances batch by batch; with the others all new ones are there before the first call moves. */
  readonly traffic: 'ALL_AT_ONCE' | 'CANARY' | 'LINEAR' | 'ROLLING';
  /** Share of the canary, of each linear step, or of each batch. */
  readonly percent: number;
  readonly intervalSeconds: number;
  readonly bakeSeconds: number;
  /** Alarms that make it go back. */
  readonly alarms: readonly string[];
}

export interface EndpointUpdate {
  /** Without them all calls move as soon as the new instances serve. */
  readonly guardrails?: Guardrails;
  /** As many instances as there are now, whatever the configuration says: something else decides of their number. */
  readonly keepInstances?: boolean;
}

export async function updateEndpoint(
  aws: Aws,
  name: string,
  configName: string,
  { guardrails, keepInstances = false }: EndpointUpdate = {},
): Promise<void> {
  const command = new UpdateEndpointCommand({
    EndpointName: name,
    EndpointConfigName: configName,
    ...(keepInstances
      ? {
          RetainAllVariantProperties: true,
          ExcludeRetainedVariantProperties: [
            { VariantPropertyType: 'DesiredWeight' },
            { VariantPropertyType: 'DataCaptureConfig' },
          ],
        }
      : {}),
    ...(guardrails === undefined ? {} : { DeploymentConfig: deploymentConfig(guardrails) }),
  });
  await sending(aws.sagemaker.send(command));
}

const shareOf = (percent: number) => ({ Type: 'CAPACITY_PERCENT', Value: percent }) as const;

const rollbackBy = (alarms: readonly string[]) =>
  alarms.length === 0 ? {} : { AutoRollbackConfiguration: { Alarms: alarms.map((AlarmName) => ({ AlarmName })) } };

/** Batch by batch, of instances or of copies. */
export const rollingConfig = ({ percent, intervalSeconds, alarms }: Guardrails) => ({
  RollingUpdatePolicy: { MaximumBatchSize: shareOf(percent), WaitIntervalInSeconds: intervalSeconds },
  ...rollbackBy(alarms),
});

function deploymentConfig(guardrails: Guardrails) {
  const { traffic, percent, intervalSeconds, bakeSeconds, alarms } = guardrails;
  if (traffic === 'ROLLING') return rollingConfig(guardrails);
  const share = shareOf(percent);
  return {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: {
        Type: traffic,
        WaitIntervalInSeconds: intervalSeconds,
        ...(traffic === 'CANARY' ? { CanarySize: share } : {}),
        ...(traffic === 'LINEAR' ? { LinearStepSize: share } : {}),
      },
      TerminationWaitInSeconds: bakeSeconds,
    },
    ...rollbackBy(alarms),
  };
}

export interface VariantState {
  readonly name: string;
  readonly weight?: number;
  readonly instances?: number;
}

const variantState = (variant: ProductionVariantSummary): VariantState => ({
  name: variant.VariantName ?? '',
  ...defined({ weight: variant.CurrentWeight, instances: variant.CurrentInstanceCount }),
});

/** Undefined when there is none of that name. */
export async function findEndpoint(aws: Aws, name: string) {
  const endpoint = await orNothing(aws.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name })));
  const pending = endpoint?.PendingDeploymentSummary;
  const phases = pending?.ProductionVariants?.flatMap(({ VariantStatus = [] }) => VariantStatus);
  return (
    endpoint &&
    defined({
      status: endpoint.EndpointStatus ?? 'OutOfService',
      configName: endpoint.EndpointConfigName ?? '',
      failureReason: endpoint.FailureReason,
      createdAt: endpoint.CreationTime?.toISOString(),
      updatedAt: endpoint.LastModifiedTime?.toISOString(),
      variants: endpoint.ProductionVariants?.map(variantState),
      /** Its instances come and go with the copies of inference components. */
      hostsComponents: endpoint.ProductionVariants?.some(
        ({ ManagedInstanceScaling }) => ManagedInstanceScaling?.Status === 'ENABLED',
      ),
      pendingConfigName: pending?.EndpointConfigName,
      /** What the new instances are at: Creating, ActivatingTraffic, Baking, … */
      phase: phases?.at(-1)?.Status,
    })
  );
}

export type EndpointState = NonNullable<Awaited<ReturnType<typeof findEndpoint>>>;

export type EndpointQuery = ListQuery<EndpointStatus>;

/** A page of all the endpoints of the account and region. */
export async function listEndpoints(aws: Aws, query: EndpointQuery) {
  const page = await sending(aws.sagemaker.send(new ListEndpointsCommand(listInput(query))));
  return defined({
    items: (page.Endpoints ?? []).map(({ EndpointName: name = '' }) => ({ name })),
    nextToken: page.NextToken,
  });
}

export interface VariantChange {
  readonly variant: string;
  readonly weight?: number;
  readonly instances?: number;
}

/** Changes shares of the calls or numbers of instances, in place. */
export async function changeVariants(aws: Aws, name: string, changes: readonly VariantChange[]): Promise<void> {
  const command = new UpdateEndpointWeightsAndCapacitiesCommand({
    EndpointName: name,
    DesiredWeightsAndCapacities: changes.map(({ variant, weight, instances }) => ({
      VariantName: variant,
      ...(weight === undefined ? {} : { DesiredWeight: weight }),
      ...(instances === undefined ? {} : { DesiredInstanceCount: instances }),
    })),
  });
  await sending(aws.sagemaker.send(command));
}

/** @returns whether it was there, as with the others */
export const deleteEndpoint = async (aws: Aws, name: string): Promise<boolean> =>
  (await orNothing(aws.sagemaker.send(new DeleteEndpointCommand({ EndpointName: name })))) !== undefined;

export const deleteModel = async (aws: Aws, name: string): Promise<boolean> =>
  (await orNothing(aws.sagemaker.send(new DeleteModelCommand({ ModelName: name })))) !== undefined;
