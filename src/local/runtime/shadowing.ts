import type { FastifyBaseLogger } from 'fastify';
import type { Deployment } from '../hosting/deployment.ts';
import type { ModelRequest } from '../hosting/model-server.ts';
import { measured } from './measured.ts';

/** Gives a copy of a request to the shadow variants, by their weight against that of production. Their answers are thrown away, not their metrics. */
export function copyToShadows(deployment: Deployment, request: ModelRequest, log: FastifyBaseLogger): void {
  const production = deployment.variants.reduce((sum, { weight }) => sum + weight, 0);
  for (const shadow of deployment.shadows) {
    if (Math.random() * production >= shadow.weight) continue;
    const release = deployment.hold();
    measured(shadow, 0, () => shadow.server.invoke(request))
      .catch((error: Error) => log.warn({ err: error, variant: shadow.name }, 'a shadow variant failed'))
      .finally(release);
  }
}
