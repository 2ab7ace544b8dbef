import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { GatewayError } from '../../errors.ts';
import { problems } from '../../plugins/problem.ts';
import {
  createNotebook,
  deleteNotebook,
  describeNotebook,
  listNotebooks,
  notebookUrl,
  startNotebook,
  stopNotebook,
} from '../../sagemaker/notebooks.ts';
import type { AdminContext } from '../context.ts';
import { eventStream, sendProgress } from '../events.ts';
import { located, Removed, ref } from '../resource-schema.ts';
import { requireRole } from '../role.ts';
import { notebookActivity } from './activity.ts';
import {
  NewNotebook,
  Notebook,
  NotebookActivity,
  NotebookName,
  NotebookPage,
  NotebookQuery,
  NotebookUrl,
  StopOrder,
  UrlOrder,
} from './schema.ts';

const params = Type.Object({ name: NotebookName });
const tags = ['notebooks'];
const path = (name: string): string => `/admin/notebooks/${name}`;
const passing = new Set(['Pending', 'Stopping', 'Deleting', 'Updating']);

const routes: FastifyPluginAsyncTypebox<AdminContext> = async (app, { aws, config, closing }) => {
  app.post(
    '/notebooks',
    {
      schema: {
        operationId: 'createNotebook',
        tags,
        summary: 'Create a notebook instance',
        body: ref(NewNotebook),
        response: {
          202: located(ref(Notebook), 'The instance is being started.'),
          ...problems(400, 404, 409, 413, 415, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const { name } = request.body;
      await createNotebook(aws, { ...request.body, roleArn: requireRole(config) });
      return reply
        .code(202)
        .header('location', path(name))
        .send(await describeNotebook(aws, name));
    },
  );

  app.get(
    '/notebooks',
    {
      schema: {
        operationId: 'listNotebooks',
        tags,
        summary: 'List the notebook instances',
        description: 'All of the account and region, newest first.',
        querystring: NotebookQuery,
        response: { 200: ref(NotebookPage, 'A page of notebook instances.'), ...problems(400, 429, 500, 502, 503) },
      },
    },
    (request) => listNotebooks(aws, request.query),
  );

  app.get(
    '/notebooks/:name',
    {
      schema: {
        operationId: 'getNotebook',
        tags,
        summary: 'Show a notebook instance',
        params,
        response: { 200: ref(Notebook, 'The notebook instance.'), ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    (request) => describeNotebook(aws, request.params.name),
  );

  app.get(
    '/notebooks/:name/events',
    {
      schema: {
        operationId: 'watchNotebook',
        tags,
        summary: 'Watch a notebook instance',
        params,
        response: { 200: eventStream, ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    (request, reply) =>
      sendProgress(reply, {
        poll: () => describeNotebook(aws, request.params.name),
        isFinal: ({ status }) => !passing.has(status),
        closing,
      }),
  );

  app.get(
    '/notebooks/:name/activity',
    {
      schema: {
        operationId: 'getNotebookActivity',
        tags,
        summary: 'Show how long a notebook has been idle',
        description: 'Asks the notebook’s own Jupyter, which the gateway must be able to reach.',
        params,
        response: { 200: ref(NotebookActivity, 'Its activity.'), ...problems(400, 404, 409, 429, 500, 502, 503) },
      },
    },
    (request) => notebookActivity(aws, request.params.name),
  );

  app.post(
    '/notebooks/:name/url',
    {
      schema: {
        operationId: 'openNotebook',
        tags,
        summary: 'Make an address that opens a notebook',
        params,
        body: ref(UrlOrder),
        response: { 200: ref(NotebookUrl, 'The address: a secret.'), ...problems(400, 404, 409, 429, 500, 502, 503) },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const { status } = await describeNotebook(aws, name);
      if (status !== 'InService') {
        throw new GatewayError('conflict', `The notebook "${name}" is ${status}, not InService.`);
      }
      const url = await notebookUrl(aws, name, request.body.sessionSeconds);
      return reply.header('cache-control', 'no-store').send({ url });
    },
  );

  app.post(
    '/notebooks/:name/start',
    {
      schema: {
        operationId: 'startNotebook',
        tags,
        summary: 'Start a notebook instance',
        params,
        response: {
          202: located(ref(Notebook), 'The instance is being started.'),
          ...problems(400, 404, 409, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      await startNotebook(aws, name);
      return reply
        .code(202)
        .header('location', path(name))
        .send(await describeNotebook(aws, name));
    },
  );

  app.post(
    '/notebooks/:name/stop',
    {
      schema: {
        operationId: 'stopNotebook',
        tags,
        summary: 'Stop a notebook instance',
        description:
          'Its files stay. With ifIdleMinutes a notebook that was used since is answered with 409 and goes on.',
        params,
        body: ref(StopOrder),
        response: {
          202: located(ref(Notebook), 'The instance is being stopped.'),
          ...problems(400, 404, 409, 413, 415, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const { ifIdleMinutes } = request.body;
      if (ifIdleMinutes !== undefined) {
        const { idleSeconds, busy } = await notebookActivity(aws, name);
        if (busy > 0 || idleSeconds < ifIdleMinutes * 60) {
          throw new GatewayError(
            'conflict',
            `The notebook "${name}" was used ${idleSeconds} s ago, ${busy} kernels are busy.`,
          );
        }
      }
      await stopNotebook(aws, name);
      return reply
        .code(202)
        .header('location', path(name))
        .send(await describeNotebook(aws, name));
    },
  );

  app.delete(
    '/notebooks/:name',
    {
      schema: {
        operationId: 'deleteNotebook',
        tags,
        summary: 'Delete a notebook instance',
        description: 'With its files. It must be Stopped or Failed.',
        params,
        response: { 200: ref(Removed, 'What was removed.'), ...problems(400, 404, 409, 429, 500, 502, 503) },
      },
    },
    async (request) => {
      await deleteNotebook(aws, request.params.name);
      return { removed: [`notebook-instance/${request.params.name}`] };
    },
  );
};
export default routes;
