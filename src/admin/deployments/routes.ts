import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { problems } from '../../plugins/problem.ts';
import type { AdminContext } from '../context.ts';
import { ListQuery } from '../paging.ts';
import { accepted, eventsRoute, getRoute, listRoute, type Noun, partsRoute, pathTo } from '../resource-routes.ts';
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
  DeploymentQuery,
  DeploymentVersionPage,
  NewDeployment,
  NewVersion,
  RollBackOrder,
} from './schema.ts';
import { listVersions } from './versions.ts';

/** Whether replicas are still at its rollout; one that holds waits for people. */
const isUnderWay = ({ rollout }: Deployment): boolean =>
  rollout?.state === 'Starting' || rollout?.state === 'InProgress';

const params = Type.Object({ name: DeploymentName });
const tags = ['deployments'];
const noun: Noun = {
  path: '/deployments',
  operation: 'Deployment',
  one: 'a deployment',
  many: 'deployments',
  tags,
  params,
};

/** Answers that a deployment is on its way. */
const underWay = (reply: FastifyReply, deployment: Deployment) =>
  accepted(reply, pathTo(noun, deployment.name), deployment);

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
    async (request, reply) => underWay(reply, await createDeployment(context, request.body)),
  );

  listRoute(app, noun, {
    query: DeploymentQuery,
    page: DeploymentPage,
    description: 'A page may be short, or empty, though there are more: the account has other endpoints.',
    list: (query: DeploymentQuery) => listDeployments(context, query),
  });
  getRoute(app, noun, { item: Deployment, get: (name) => describeDeployment(context, name) });
  eventsRoute(app, noun, {
    get: (name) => getDeployment(context, name),
    isFinal: (deployment) => !isChanging(deployment) && !isUnderWay(deployment),
    closing: context.closing,
  });
  partsRoute(app, noun, {
    part: 'versions',
    operationId: 'listDeploymentVersions',
    summary: 'List the versions of a deployment',
    query: ListQuery,
    page: DeploymentVersionPage,
    list: (name, query: ListQuery) => listVersions(context, name, query),
  });

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
    async (request, reply) => underWay(reply, await putVersion(context, request.params.name, request.body)),
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
    async (request, reply) => underWay(reply, await changeDeployment(context, request.params.name, request.body)),
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
    async (request, reply) => underWay(reply, await rollBack(context, request.params.name, request.body)),
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
    async (request, reply) => underWay(reply, await promote(context, request.params.name)),
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
    async (request, reply) => underWay(reply, await abort(context, request.params.name)),
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
