import type { Endpoint } from '../hosting/endpoint.ts';
import type { Fleet } from '../hosting/fleet.ts';
import type { ComponentFleet } from '../inference-components/component-fleet.ts';
import type { InferenceComponent } from '../inference-components/inference-component.ts';
import type { Table } from '../store/table.ts';
import { validationException } from '../wire/aws-error.ts';

/** Where the capacity of what scales is kept, and changed. */
export interface Capacities {
  endpoints: Table<Endpoint>;
  fleet: Fleet;
  inferenceComponents: Table<InferenceComponent>;
  components: ComponentFleet;
}

/** What a scalable target names. */
export interface ScalableResource {
  /** What its capacity is counted in. */
  unit: 'instance' | 'copy';
  /** Of the predefined metric of the calls to each. */
  metric: { type: string; name: string; dimensions: { Name: string; Value: string }[] };
  /** How many there are to be; undefined when there is no such thing in service. */
  capacity(capacities: Capacities): number | undefined;
  set(capacities: Capacities, capacity: number): Promise<void>;
}

export interface Address {
  ResourceId: string;
  ScalableDimension: string;
}

/** @throws AwsError ValidationException for a dimension or an id that SageMaker does not scale here */
export function scalableResource({ ResourceId, ScalableDimension }: Address): ScalableResource {
  const [, endpoint, variant] = /^endpoint\/([^/]+)\/variant\/([^/]+)$/.exec(ResourceId) ?? [];
  if (ScalableDimension === 'sagemaker:variant:DesiredInstanceCount' && endpoint && variant) {
    return variantResource(endpoint, variant);
  }
  const [, component] = /^inference-component\/([^/]+)$/.exec(ResourceId) ?? [];
  if (ScalableDimension === 'sagemaker:inference-component:DesiredCopyCount' && component) {
    return componentResource(component);
  }
  throw validationException(
    `Unsupported service namespace, resource type or scalable dimension: ${ResourceId}, ${ScalableDimension}`,
  );
}

const variantResource = (endpoint: string, variant: string): ScalableResource => ({
  unit: 'instance',
  metric: {
    type: 'SageMakerVariantInvocationsPerInstance',
    name: 'InvocationsPerInstance',
    dimensions: [
      { Name: 'EndpointName', Value: endpoint },
      { Name: 'VariantName', Value: variant },
    ],
  },
  capacity({ endpoints }) {
    const { EndpointStatus, serving } = endpoints.get(endpoint.toLowerCase()) ?? {};
    if (EndpointStatus !== 'InService') return undefined;
    return serving?.variants.find(({ name }) => name === variant)?.summary.DesiredInstanceCount;
  },
  set: ({ fleet }, capacity) => fleet.reweigh(endpoint, [{ VariantName: variant, DesiredInstanceCount: capacity }]),
});

const componentResource = (name: string): ScalableResource => ({
  unit: 'copy',
  metric: {
    type: 'SageMakerInferenceComponentInvocationsPerCopy',
    name: 'InvocationsPerCopy',
    dimensions: [{ Name: 'InferenceComponentName', Value: name }],
  },
  capacity({ inferenceComponents }) {
    const { InferenceComponentStatus, desiredCopies } = inferenceComponents.get(name.toLowerCase()) ?? {};
    return InferenceComponentStatus === 'InService' ? desiredCopies : undefined;
  },
  set: ({ components }, capacity) => components.scale(name, capacity),
});
