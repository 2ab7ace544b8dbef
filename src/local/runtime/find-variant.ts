import type { Account } from '../account.ts';
import type { Deployment } from '../hosting/deployment.ts';
import { newSession } from '../hosting/sessions.ts';
import type { Route, Traffic } from '../hosting/traffic.ts';
import { validationError } from './runtime-errors.ts';

/** What answers for an endpoint; one that is not in service yet is not found either. @throws AwsError ValidationError */
export function findTraffic(account: Account, endpoint: string): Traffic {
  const traffic = account.fleet.find(endpoint);
  if (!traffic) throw validationError(`Endpoint ${endpoint} of account ${account.accountId} not found.`);
  return traffic;
}

/** What of a call decides which variant answers. */
interface Targeting {
  EndpointName: string;
  TargetVariant?: string;
  InferenceComponentName?: string;
  SessionId?: string;
}

/** The variant to answer a call in real time. @throws AwsError ValidationError */
export function findVariant(
  account: Account,
  { EndpointName: endpoint, TargetVariant: target, InferenceComponentName: component, SessionId }: Targeting,
): Route {
  const traffic = findTraffic(account, endpoint);
  if (traffic.asyncConfig) {
    throw validationError(
      `Endpoint ${endpoint} of account ${account.accountId} is an asynchronous endpoint; it takes InvokeEndpointAsync only.`,
    );
  }
  const session = SessionId === newSession ? undefined : SessionId;
  if (component !== undefined) {
    const route = findComponent(account, endpoint, component);
    return session === undefined ? route : findSession(endpoint, session, [route.deployment]);
  }
  if (session !== undefined) return findSession(endpoint, session, traffic.deployments);
  const route = traffic.route(target);
  if (!route) throw validationError(`Variant ${target} of endpoint ${endpoint} not found.`);
  if (route.variant.hostsComponents) {
    throw validationError(
      'Inference Component Name header is required for endpoints to which you plan to deploy inference components. Please include Inference Component Name header or consider using SageMaker models.',
    );
  }
  return route;
}

/** A session stays with the variant that began it. What AWS says of one that is closed, expired or never was is not documented; its status, 400, is known. */
function findSession(endpoint: string, id: string, deployments: readonly Deployment[]): Route {
  for (const deployment of deployments) {
    const variant = deployment.sessions.find(id);
    if (variant) return { deployment, variant };
  }
  throw validationError(`Session ${id} of endpoint ${endpoint} not found.`);
}

function findComponent({ components, inferenceComponents }: Account, endpoint: string, name: string): Route {
  const component = inferenceComponents.get(name.toLowerCase());
  if (component?.EndpointName !== endpoint) {
    throw validationError(`Inference Component ${name} of endpoint ${endpoint} not found.`);
  }
  const route = components.route(name);
  if (route) return route;
  components.refused(component);
  throw validationError(
    'Inference Component has no capacity to process this request. ApplicationAutoScaling may be in-progress (if configured) or try to increase the capacity by invoking UpdateInferenceComponentRuntimeConfig API.',
  );
}
