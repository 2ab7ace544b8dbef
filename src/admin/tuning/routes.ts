import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { problems } from '../../plugins/problem.ts';
import { listTrials, listTuningJobs } from '../../sagemaker/tuning-jobs.ts';
import type { AdminContext } from '../context.ts';
import { Deployment } from '../deployments/schema.ts';
import { eventStream, sendProgress } from '../events.ts';
import { PageQuery } from '../paging.ts';
import { located, ref } from '../resource-schema.ts';
import { getTuningJob, isFinished, promoteBest, startTuningJob, stopTuning } from './jobs.ts';
import {
  NewTuningJob,
  Promotion,
  TrialPage,
  TuningJob,
  TuningJobName,
  TuningJobPage,
  TuningJobQuery,
} from './schema.ts';

const params = Type.Object({ name: TuningJobName });
const tags = ['tuning'];
const path = (name: string): string => `/admin/tuning-jobs/${name}`;

const routes: FastifyPluginAsyncTypebox<AdminContext> = async (app, context) => {
  app.post(
    '/tuning-jobs',
    {
      schema: {
        operationId: 'createTuningJob',
        tags,
        summary: 'Search for hyperparameters',
        description:
          'Prepares the data as a training job does, and starts a tuning job: training jobs that try values of hyperparameters.',
        body: ref(NewTuningJob),
        response: {
          202: located(ref(TuningJob), 'The job is started.'),
          ...problems(400, 404, 409, 413, 415, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const job = await startTuningJob(context, request.body);
      return reply.code(202).header('location', path(job.name)).send(job);
    },
  );

  app.get(
    '/tuning-jobs',
    {
      schema: {
        operationId: 'listTuningJobs',
        tags,
        summary: 'List the tuning jobs',
        description: 'All of the account and region, newest first.',
        querystring: TuningJobQuery,
        response: { 200: ref(TuningJobPage, 'A page of jobs.'), ...problems(400, 429, 500, 502, 503) },
      },
    },
    (request) => listTuningJobs(context.aws, request.query),
  );

  app.get(
    '/tuning-jobs/:name',
    {
      schema: {
        operationId: 'getTuningJob',
        tags,
        summary: 'Show a tuning job',
        params,
        response: { 200: ref(TuningJob, 'The job.'), ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    (request) => getTuningJob(context, request.params.name),
  );

  app.post(
    '/tuning-jobs/:name/stop',
    {
      schema: {
        operationId: 'stopTuningJob',
        tags,
        summary: 'Stop a tuning job',
        params,
        response: {
          202: located(ref(TuningJob), 'The job is being stopped.'),
          ...problems(400, 404, 409, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const job = await stopTuning(context, request.params.name);
      return reply.code(202).header('location', path(job.name)).send(job);
    },
  );

  app.get(
    '/tuning-jobs/:name/events',
    {
      schema: {
        operationId: 'watchTuningJob',
        tags,
        summary: 'Watch a tuning job',
        params,
        response: { 200: eventStream, ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    (request, reply) =>
      sendProgress(reply, {
        poll: () => getTuningJob(context, request.params.name),
        isFinal: isFinished,
        closing: context.closing,
      }),
  );

  app.get(
    '/tuning-jobs/:name/training-jobs',
    {
      schema: {
        operationId: 'listTrials',
        tags,
        summary: 'List what a tuning job has tried',
        params,
        querystring: PageQuery,
        response: {
          200: ref(TrialPage, 'A page of training jobs, oldest first.'),
          ...problems(400, 404, 429, 500, 502, 503),
        },
      },
    },
    (request) => listTrials(context.aws, request.params.name, request.query),
  );

  app.post(
    '/tuning-jobs/:name/promote',
    {
      schema: {
        operationId: 'promoteBestTrainingJob',
        tags,
        summary: 'Deploy the best training job',
        params,
        body: ref(Promotion),
        response: {
          202: located(ref(Deployment), 'The deployment is started.'),
          ...problems(400, 404, 409, 413, 415, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const deployment = await promoteBest(context, request.params.name, request.body);
      return reply.code(202).header('location', `/admin/deployments/${deployment.name}`).send(deployment);
    },
  );
};
export default routes;
