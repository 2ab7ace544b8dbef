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
import { accepted, eventsRoute, getRoute, listRoute, type Noun, pathTo } from '../resource-routes.ts';
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
const noun: Noun = {
  path: '/notebooks',
  operation: 'Notebook',
  one: 'a notebook instance',
  many: 'notebook instances',
  tags,
  params,
};
const passing = new Set(['Pending', 'Stopping', 'Deleting', 'Updating']);

const routes: FastifyPluginAsyncTypebox<AdminContext> = async (app, { aws, config, closing }) => {
  const get = (name: string) => describeNotebook(aws, name);

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
      return accepted(reply, pathTo(noun, name), await get(name));
    },
  );

  listRoute(app, noun, {
    query: NotebookQuery,
    page: NotebookPage,
    description: 'All of the account and region.',
    list: (query: NotebookQuery) => listNotebooks(aws, query),
  });
  getRoute(app, noun, { item: Notebook, get });
  eventsRoute(app, noun, { get, isFinal: ({ status }) => !passing.has(status), closing });

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
      return accepted(reply, pathTo(noun, name), await get(name));
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
      return accepted(reply, pathTo(noun, name), await get(name));
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
