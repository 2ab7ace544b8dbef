import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { problems } from '../../plugins/problem.ts';
import { listTrainingJobs } from '../../sagemaker/training-jobs.ts';
import type { AdminContext } from '../context.ts';
import { sendEvents } from '../events.ts';
import { accepted, eventsRoute, getRoute, listRoute, type Noun, pathTo, stopRoute } from '../resource-routes.ts';
import { located, ref } from '../resource-schema.ts';
import { getTrainingJob, isFinished, startTrainingJob, stopTraining } from './jobs.ts';
import { followLog, getLogPage, getRounds, LogPage, LogQuery, logStream, RoundMetrics } from './log.ts';
import { NewTrainingJob, TrainingJob, TrainingJobName, TrainingJobPage, TrainingJobQuery } from './schema.ts';

const params = Type.Object({ name: TrainingJobName });
const tags = ['training'];
const noun: Noun = {
  path: '/training-jobs',
  operation: 'TrainingJob',
  one: 'a training job',
  many: 'training jobs',
  tags,
  params,
};

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
      return accepted(reply, pathTo(noun, job.name), job);
    },
  );

  const get = (name: string) => getTrainingJob(context, name);
  listRoute(app, noun, {
    query: TrainingJobQuery,
    page: TrainingJobPage,
    description: 'All of the account and region.',
    list: (query: TrainingJobQuery) => listTrainingJobs(aws, query),
  });
  getRoute(app, noun, { item: TrainingJob, get });
  stopRoute(app, noun, {
    item: TrainingJob,
    description: 'SageMaker keeps the model as far as it came.',
    stop: (name) => stopTraining(context, name),
  });
  eventsRoute(app, noun, { get, isFinal: isFinished, closing });

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
