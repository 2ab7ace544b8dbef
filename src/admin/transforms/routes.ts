import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { problems } from '../../plugins/problem.ts';
import { listTransformJobs } from '../../sagemaker/transform-jobs.ts';
import type { AdminContext } from '../context.ts';
import { accepted, eventsRoute, getRoute, listRoute, type Noun, pathTo, stopRoute } from '../resource-routes.ts';
import { located, ref } from '../resource-schema.ts';
import { getTransformJob, isFinished, startTransformJob, stopTransform } from './jobs.ts';
import { openResults } from './results.ts';
import { NewTransformJob, TransformJob, TransformJobName, TransformJobPage, TransformJobQuery } from './schema.ts';

const params = Type.Object({ name: TransformJobName });
const tags = ['transforms'];
const noun: Noun = {
  path: '/transform-jobs',
  operation: 'TransformJob',
  one: 'a transform job',
  many: 'transform jobs',
  tags,
  params,
};

const routes: FastifyPluginAsyncTypebox<AdminContext> = async (app, context) => {
  app.post(
    '/transform-jobs',
    {
      schema: {
        operationId: 'createTransformJob',
        tags,
        summary: 'Score a data set',
        description:
          'Scores all rows of a data set by the live model of a deployment, in a batch transform job with instances of its own.',
        body: ref(NewTransformJob),
        response: {
          202: located(ref(TransformJob), 'The job is started.'),
          ...problems(400, 404, 409, 413, 415, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const job = await startTransformJob(context, request.body);
      return accepted(reply, pathTo(noun, job.name), job);
    },
  );

  const get = (name: string) => getTransformJob(context, name);
  listRoute(app, noun, {
    query: TransformJobQuery,
    page: TransformJobPage,
    description: 'All of the account and region.',
    list: (query: TransformJobQuery) => listTransformJobs(context.aws, query),
  });
  getRoute(app, noun, { item: TransformJob, get });
  stopRoute(app, noun, { item: TransformJob, stop: (name) => stopTransform(context, name) });
  eventsRoute(app, noun, { get, isFinal: isFinished, closing: context.closing });

  app.get(
    '/transform-jobs/:name/results',
    {
      schema: {
        operationId: 'downloadTransformResults',
        tags,
        summary: 'Download the scores',
        description: 'The rows of the data set, each with its score behind it; with two labels, the label too.',
        params,
        response: {
          200: {
            description: 'CSV with a header.',
            content: { 'text/csv': { schema: Type.Unsafe<Readable>({ type: 'string' }) } },
          },
          ...problems(400, 404, 409, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => reply.type('text/csv').send(await openResults(context, request.params.name)),
  );
};
export default routes;
