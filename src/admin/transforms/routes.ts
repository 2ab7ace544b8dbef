import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { problems } from '../../plugins/problem.ts';
import { listTransformJobs } from '../../sagemaker/transform-jobs.ts';
import type { AdminContext } from '../context.ts';
import { eventStream, sendProgress } from '../events.ts';
import { located, ref } from '../resource-schema.ts';
import { getTransformJob, isFinished, startTransformJob, stopTransform } from './jobs.ts';
import { openResults } from './results.ts';
import { NewTransformJob, TransformJob, TransformJobName, TransformJobPage, TransformJobQuery } from './schema.ts';

const params = Type.Object({ name: TransformJobName });
const tags = ['transforms'];
const path = (name: string): string => `/admin/transform-jobs/${name}`;

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
      return reply.code(202).header('location', path(job.name)).send(job);
    },
  );

  app.get(
    '/transform-jobs',
    {
      schema: {
        operationId: 'listTransformJobs',
        tags,
        summary: 'List the transform jobs',
        description: 'All of the account and region, newest first.',
        querystring: TransformJobQuery,
        response: { 200: ref(TransformJobPage, 'A page of jobs.'), ...problems(400, 429, 500, 502, 503) },
      },
    },
    (request) => listTransformJobs(context.aws, request.query),
  );

  app.get(
    '/transform-jobs/:name',
    {
      schema: {
        operationId: 'getTransformJob',
        tags,
        summary: 'Show a transform job',
        params,
        response: { 200: ref(TransformJob, 'The job.'), ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    (request) => getTransformJob(context, request.params.name),
  );

  app.post(
    '/transform-jobs/:name/stop',
    {
      schema: {
        operationId: 'stopTransformJob',
        tags,
        summary: 'Stop a transform job',
        params,
        response: {
          202: located(ref(TransformJob), 'The job is being stopped.'),
          ...problems(400, 404, 409, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const job = await stopTransform(context, request.params.name);
      return reply.code(202).header('location', path(job.name)).send(job);
    },
  );

  app.get(
    '/transform-jobs/:name/events',
    {
      schema: {
        operationId: 'watchTransformJob',
        tags,
        summary: 'Watch a transform job',
        params,
        response: { 200: eventStream, ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    (request, reply) =>
      sendProgress(reply, {
        poll: () => getTransformJob(context, request.params.name),
        isFinal: isFinished,
        closing: context.closing,
      }),
  );

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
