import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { problems } from '../../plugins/problem.ts';
import type { AdminContext } from '../context.ts';
import { eventStream, sendProgress } from '../events.ts';
import { PageQuery } from '../paging.ts';
import { located, Removed, ref } from '../resource-schema.ts';
import { changeDeployment } from './change.ts';
import { createDeployment } from './create.ts';
import { describeDeployment, getDeployment, isChanging, listDeployments } from './read.ts';
import { removeDeployment } from './remove.ts';
import { abort, promote, putVersion, rollBack } from './rollouts.ts';
import {
  Deployment,
  DeploymentChange,
  DeploymentName,
  DeploymentPage,
  DeploymentVersionPage,
  NewDeployment,
  NewVersion,
  RollBackOrder,
} from './schema.ts';
import { listVersions } from './versions.ts';

/** Whether replicas are still at its rollout; one that holds waits for people. */
const isUnderWay = ({ rollout }: Deployment): boolean =>
  rollout?.state === 'Starting' || rollout?.state === 'InProgress';

/** Answers that a deployment is on its way. The schema of the route says what its 202 is, which Fastify's types do not carry this far. */
const accepted = (reply: FastifyReply, deployment: Deployment) =>
  reply.code(202).header('location', `/admin/deployments/${deployment.name}`).send(deployment);

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
    async (request, reply) => accepted(reply, await createDeployment(context, request.body)),
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
    (request) => describeDeployment(context, request.params.name),
  );

  const changing = (description: string) => ({
    202: located(ref(Deployment), description),
    ...problems(400, 404, 409, 413, 415, 429, 500, 502, 503),
  });

  app.put(
    '/deployments/:name',
    {
      schema: {
        operationId: 'putDeployment',
        tags,
        summary: 'Deploy a new version',
        description:
          'Puts a new version over the live one, by a canary where nothing else is said, and goes back by itself when it is worse than `rollout.rollback` allows. The first version where there is none yet.',
        params,
        body: ref(NewVersion),
        response: changing('The rollout is started.'),
      },
    },
    async (request, reply) => accepted(reply, await putVersion(context, request.params.name, request.body)),
  );

  app.patch(
    '/deployments/:name',
    {
      schema: {
        operationId: 'changeDeployment',
        tags,
        summary: 'Change instances, shares or scaling',
        description:
          'What needs no new version. All of it holds until the next version is deployed; scaling also then.',
        params,
        body: ref(DeploymentChange),
        response: changing('The change is started.'),
      },
    },
    async (request, reply) => accepted(reply, await changeDeployment(context, request.params.name, request.body)),
  );

  app.get(
    '/deployments/:name/versions',
    {
      schema: {
        operationId: 'listDeploymentVersions',
        tags,
        summary: 'List the versions of a deployment',
        params,
        querystring: PageQuery,
        response: {
          200: ref(DeploymentVersionPage, 'A page of versions, oldest first.'),
          ...problems(400, 404, 429, 500, 502, 503),
        },
      },
    },
    (request) => listVersions(context, request.params.name, request.query),
  );

  app.post(
    '/deployments/:name/rollback',
    {
      schema: {
        operationId: 'rollBackDeployment',
        tags,
        summary: 'Go back to an earlier version',
        params,
        body: ref(RollBackOrder),
        response: changing('The rollout of the earlier version is started.'),
      },
    },
    async (request, reply) => accepted(reply, await rollBack(context, request.params.name, request.body)),
  );

  app.post(
    '/deployments/:name/promote',
    {
      schema: {
        operationId: 'promoteDeployment',
        tags,
        summary: 'Give the new version of a split or shadow all calls',
        params,
        response: changing('The new version is being made the only one.'),
      },
    },
    async (request, reply) => accepted(reply, await promote(context, request.params.name)),
  );

  app.post(
    '/deployments/:name/abort',
    {
      schema: {
        operationId: 'abortDeployment',
        tags,
        summary: 'Abort the rollout',
        description:
          'All calls go back to the version before. Of what SageMaker moves by itself, by an alarm that is set.',
        params,
        response: changing('The rollout is being taken back.'),
      },
    },
    async (request, reply) => accepted(reply, await abort(context, request.params.name)),
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
        isFinal: (deployment) => !isChanging(deployment) && !isUnderWay(deployment),
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
        description:
          'Removes the endpoint and all that was made for it, in all its versions. Training jobs and their models stay.',
        params,
        response: { 200: ref(Removed, 'What was removed.'), ...problems(400, 404, 409, 429, 500, 502, 503) },
      },
    },
    (request) => removeDeployment(context, request.params.name),
  );
};
export default routes;
