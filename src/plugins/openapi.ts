import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { version } from '../version.ts';
import { awsActions } from './aws-actions.ts';
import { security, securitySchemes } from './security-schemes.ts';

const description = `One HTTP service in front of Amazon SageMaker: \`POST /predict\` for predictions, \`/admin\` to train, deploy and evaluate models.

Errors are problem details (RFC 9457); their \`code\` is stable. \`x-aws-actions\` are the actions of IAM that the gateway's role needs for an operation.`;

/** The OpenAPI document of all routes registered after it. */
export default fp(
  async (app: FastifyInstance) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'sagemaker-gateway',
          version,
          description,
          license: { name: 'MIT', identifier: 'MIT' },
        },
        servers: [{ url: '/', description: 'This gateway' }],
        tags: [
          { name: 'predict', description: 'Predictions' },
          { name: 'models', description: 'What can be called' },
          {
            name: 'sagemaker-runtime',
            description: 'The runtime API of SageMaker itself, for AWS SDKs by endpoint override',
          },
          {
            name: 'open-inference',
            description: 'Open Inference Protocol v2 over REST, as KServe, MLServer and Triton speak it',
          },
          { name: 'datasets', description: 'Data to train and to evaluate with' },
          { name: 'training', description: 'Training jobs' },
          { name: 'tuning', description: 'Tuning jobs: searches for hyperparameters' },
          { name: 'deployments', description: 'Models in service' },
          { name: 'evaluations', description: 'How good a deployed model is on a data set' },
          { name: 'transforms', description: 'Whole data sets scored by batch transform' },
          { name: 'notebooks', description: 'Notebook instances' },
          { name: 'images', description: 'Images of built-in algorithms and of your own' },
          { name: 'usage', description: 'What clients used of their plans' },
          { name: 'operations', description: 'Health and metrics' },
        ],
        components: {
          securitySchemes,
        },
        security,
      },
      transform({ schema = {}, url }) {
        const actions = awsActions[(schema as { operationId?: string }).operationId ?? ''];
        return { schema: actions === undefined ? schema : { ...schema, 'x-aws-actions': actions }, url };
      },
      // Components keep the names of their schemas.
      refResolver: {
        buildLocalReference: (json, _base, _fragment, i) => (typeof json.$id === 'string' ? json.$id : `def-${i}`),
      },
    });
  },
  { name: 'openapi' },
);
