import type { Aws } from './aws.ts';
import { defined } from './defined.ts';
import { type EndpointState, findEndpoint } from './endpoints.ts';
import { type ComponentState, findComponent } from './inference-components.ts';

/** What serves under a name, whether the endpoint's own variants or an inference component of the endpoint's name. */
export type Hosted = EndpointState & { readonly component?: ComponentState };

/**
 * The state of an endpoint; where it is there for an inference component, the component decides what is live and how far it is, as the
 * configuration of an endpoint would. Names of models are those of configurations.
 */
export async function findHosted(aws: Aws, name: string): Promise<Hosted | undefined> {
  const endpoint = await findEndpoint(aws, name);
  if (endpoint?.hostsComponents !== true || endpoint.status !== 'InService') return endpoint;
  const component = await findComponent(aws, name);
  // It can be made as soon as the endpoint is in service, and not before.
  if (component === undefined) return { ...endpoint, status: 'Creating' };
  const { status, model, failureReason, updatedAt } = component;
  return { ...endpoint, status, component, ...defined({ configName: model, failureReason, updatedAt }) };
}
