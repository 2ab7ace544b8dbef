import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { problems } from '../../plugins/problem.ts';
import type { AdminContext } from '../context.ts';
import { eventStream, sendProgress } from '../events.ts';
import { PageQuery } from '../paging.ts';
import { located, Removed, ref } from '../resource-schema.ts';
import { createDeployment } from './create.ts';
import { getDeployment, isChanging, listDeployments } from './read.ts';
import { removeDeployment } from './remove.ts';
import { Deployment, DeploymentName, DeploymentPage, NewDeployment } from './schema.ts';

const params = Type.Object({ name: DeploymentName });
const tags = ['deployments'];

const routes: FastifyPluginAsyncTypebox<AdminContext> = async (app, context) => {
  app.post(
    '/deployments',
    {
      schema: {
        operationId: 'createDeployment',
        tags,
        summary: 'Deploy a model',
        description:
          'Puts the model of a completed training job, or artifacts with an image, on a SageMaker endpoint. It can be called at /predict/{name} as soon as it is InService.',
        body: ref(NewDeployment),
        response: {
          202: located(ref(Deployment), 'The deployment is started.'),
          ...problems(400, 404, 409, 413, 415, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const deployment = await createDeployment(context, request.body);
      return reply.code(202).header('location', `/admin/deployments/${deployment.name}`).send(deployment);
    },
  );

  app.get(
    '/deployments',
    {
      schema: {
        operationId: 'listDeployments',
        tags,
        summary: 'List the deployments',
        querystring: PageQuery,
        response: { 200: ref(DeploymentPage, 'A page of deployments, by name.'), ...problems(400, 429, 500, 502, 503) },
      },
    },
    (request) => listDeployments(context, request.query),
  );

  app.get(
    '/deployments/:name',
    {
      schema: {
        operationId: 'getDeployment',
        tags,
        summary: 'Show a deployment',
        params,
        response: { 200: ref(Deployment, 'The deployment.'), ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    (request) => getDeployment(context, request.params.name),
  );

  app.get(
    '/deployments/:name/events',
    {
      schema: {
        operationId: 'watchDeployment',
        tags,
        summary: 'Watch a deployment',
        params,
        response: { 200: eventStream, ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    (request, reply) =>
      sendProgress(reply, {
        poll: () => getDeployment(context, request.params.name),
        isFinal: (deployment) => !isChanging(deployment),
        closing: context.closing,
      }),
  );

  app.delete(
    '/deployments/:name',
    {
      schema: {
        operationId: 'deleteDeployment',
        tags,
        summary: 'Delete a deployment',
        description: 'Removes the endpoint and all that was made for it. The training job and its model stay.',
        params,
        response: { 200: ref(Removed, 'What was removed.'), ...problems(400, 404, 409, 429, 500, 502, 503) },
      },
    },
    (request) => removeDeployment(context, request.params.name),
  );
};
export default routes;
