import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { problems } from '../../plugins/problem.ts';
import { listTuningJobs } from '../../sagemaker/tuning-jobs.ts';
import type { AdminContext } from '../context.ts';
import { Deployment } from '../deployments/schema.ts';
import {
  accepted,
  eventsRoute,
  getRoute,
  listRoute,
  type Noun,
  partsRoute,
  pathTo,
  stopRoute,
} from '../resource-routes.ts';
import { located, ref } from '../resource-schema.ts';
import { getTuningJob, isFinished, listTrialPage, promoteBest, startTuningJob, stopTuning } from './jobs.ts';
import {
  NewTuningJob,
  Promotion,
  TrialPage,
  TrialQuery,
  TuningJob,
  TuningJobName,
  TuningJobPage,
  TuningJobQuery,
} from './schema.ts';

const params = Type.Object({ name: TuningJobName });
const tags = ['tuning'];
const noun: Noun = {
  path: '/tuning-jobs',
  operation: 'TuningJob',
  one: 'a tuning job',
  many: 'tuning jobs',
  tags,
  params,
};

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
      return accepted(reply, pathTo(noun, job.name), job);
    },
  );

  const get = (name: string) => getTuningJob(context, name);
  listRoute(app, noun, {
    query: TuningJobQuery,
    page: TuningJobPage,
    description: 'All of the account and region.',
    list: (query: TuningJobQuery) => listTuningJobs(context.aws, query),
  });
  getRoute(app, noun, { item: TuningJob, get });
  stopRoute(app, noun, { item: TuningJob, stop: (name) => stopTuning(context, name) });
  eventsRoute(app, noun, { get, isFinal: isFinished, closing: context.closing });
  partsRoute(app, noun, {
    part: 'training-jobs',
    operationId: 'listTrials',
    summary: 'List what a tuning job has tried',
    query: TrialQuery,
    page: TrialPage,
    list: (name, query: TrialQuery) => listTrialPage(context, name, query),
  });

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
      return accepted(reply, `/admin/deployments/${deployment.name}`, deployment);
    },
  );
};
export default routes;
