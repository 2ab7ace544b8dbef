import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { problems } from '../../plugins/problem.ts';
import { listTrainingJobs } from '../../sagemaker/training-jobs.ts';
import type { AdminContext } from '../context.ts';
import { eventStream, sendEvents, sendProgress } from '../events.ts';
import { located, ref } from '../resource-schema.ts';
import { getTrainingJob, isFinished, startTrainingJob, stopTraining } from './jobs.ts';
import { followLog, getLogPage, getRounds, LogPage, LogQuery, logStream, RoundMetrics } from './log.ts';
import { NewTrainingJob, TrainingJob, TrainingJobName, TrainingJobPage, TrainingJobQuery } from './schema.ts';

const params = Type.Object({ name: TrainingJobName });
const tags = ['training'];
const path = (name: string): string => `/admin/training-jobs/${name}`;

const routes: FastifyPluginAsyncTypebox<AdminContext> = async (app, context) => {
  const { aws, closing } = context;

  app.post(
    '/training-jobs',
    {
      schema: {
        operationId: 'createTrainingJob',
        tags,
        summary: 'Train a model',
        description:
          'Prepares the data and starts a SageMaker training job; follow it under Location. What SageMaker refuses is answered with its own message. With `deploy` the model goes into service when it is trained and has passed the gate.',
        body: ref(NewTrainingJob),
        response: {
          202: located(ref(TrainingJob), 'The job is started.'),
          ...problems(400, 404, 409, 413, 415, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const job = await startTrainingJob(context, request.body);
      return reply.code(202).header('location', path(job.name)).send(job);
    },
  );

  app.get(
    '/training-jobs',
    {
      schema: {
        operationId: 'listTrainingJobs',
        tags,
        summary: 'List the training jobs',
        description: 'All of the account and region, newest first.',
        querystring: TrainingJobQuery,
        response: { 200: ref(TrainingJobPage, 'A page of jobs.'), ...problems(400, 429, 500, 502, 503) },
      },
    },
    (request) => listTrainingJobs(aws, request.query),
  );

  app.get(
    '/training-jobs/:name',
    {
      schema: {
        operationId: 'getTrainingJob',
        tags,
        summary: 'Show a training job',
        params,
        response: { 200: ref(TrainingJob, 'The job.'), ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    (request) => getTrainingJob(context, request.params.name),
  );

  app.post(
    '/training-jobs/:name/stop',
    {
      schema: {
        operationId: 'stopTrainingJob',
        tags,
        summary: 'Stop a training job',
        description: 'SageMaker keeps the model as far as it came.',
        params,
        response: {
          202: located(ref(TrainingJob), 'The job is being stopped.'),
          ...problems(400, 404, 409, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const job = await stopTraining(context, request.params.name);
      return reply.code(202).header('location', path(job.name)).send(job);
    },
  );

  app.get(
    '/training-jobs/:name/events',
    {
      schema: {
        operationId: 'watchTrainingJob',
        tags,
        summary: 'Watch a training job',
        params,
        response: { 200: eventStream, ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    (request, reply) =>
      sendProgress(reply, { poll: () => getTrainingJob(context, request.params.name), isFinal: isFinished, closing }),
  );

  app.get(
    '/training-jobs/:name/logs',
    {
      schema: {
        operationId: 'getTrainingLog',
        tags,
        summary: 'Read the log of a training job',
        params,
        querystring: LogQuery,
        response: { 200: ref(LogPage, 'A page of lines, oldest first.'), ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    (request) => getLogPage(context, request.params.name, request.query),
  );

  app.get(
    '/training-jobs/:name/logs/events',
    {
      schema: {
        operationId: 'followTrainingLog',
        tags,
        summary: 'Follow the log of a training job',
        params,
        response: { 200: logStream, ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    async (request, reply) => sendEvents(reply, await followLog(context, request.params.name, 'algo-1')),
  );

  app.get(
    '/training-jobs/:name/metrics',
    {
      schema: {
        operationId: 'getTrainingMetrics',
        tags,
        summary: 'Show the metrics of each round',
        params,
        response: { 200: ref(RoundMetrics, 'The rounds so far.'), ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    (request) => getRounds(context, request.params.name),
  );
};
export default routes;
