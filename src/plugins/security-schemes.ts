import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

type Components = NonNullable<NonNullable<FastifyDynamicSwaggerOptions['openapi']>['components']>;

const schemes = {
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'A key made by `npm run key`.' },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'The same key, or a JSON Web Token of an issuer that the gateway trusts.',
  },
  // As Amazon API Gateway exports it: OpenAPI has no kind of its own for signatures.
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'AWS Signature Version 4, for the service `sagemaker`, by an access key that the gateway knows.',
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
  certificate: { type: 'mutualTLS', description: 'A certificate of a known client, where the gateway asks for one.' },
};

/** How callers say who they are. The plugin's types know neither extensions nor what OpenAPI 3.1 added. */
export const securitySchemes = schemes as unknown as NonNullable<Components['securitySchemes']>;

/** Any of them; the empty entry is for a gateway whose configuration knows nobody, as on a laptop, which asks for none. */
export const security: Record<string, string[]>[] = [...Object.keys(schemes).map((name) => ({ [name]: [] })), {}];
