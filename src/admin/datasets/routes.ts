import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { problems } from '../../plugins/problem.ts';
import { Background } from '../background.ts';
import type { AdminContext } from '../context.ts';
import { PreferWait, startedOrFinished, waitedHeaders } from '../prefer.ts';
import { eventsRoute, getRoute, listRoute, type Noun, partsRoute } from '../resource-routes.ts';
import { defaulted, Removed, ref } from '../resource-schema.ts';
import { DatasetMaker } from './derive.ts';
import { prepare } from './prepare.ts';
import { preview } from './preview.ts';
import { DatasetProfile } from './profile-schema.ts';
import { register } from './register.ts';
import {
  Dataset,
  DatasetName,
  DatasetPage,
  DatasetQuery,
  DatasetReference,
  NewPreparation,
  NewRegistration,
  NewSplit,
  Preview,
  SplitParts,
} from './schema.ts';
import { split } from './split.ts';
import { getDataset, getNewest, getProfile, listDatasets, listVersions, removeDataset } from './store.ts';
import uploadRoute from './upload-route.ts';

const params = Type.Object({ name: DatasetReference });
const tags = ['datasets'];
const noun: Noun = {
  path: '/datasets',
  operation: 'Dataset',
  one: 'a data set',
  many: 'data sets',
  tags,
  params,
};
const path = ({ name, version }: Dataset): string => `/admin/datasets/${name}@${version}`;

/** Answers to an order for a data set that is made in the background. */
const made = {
  201: {
    description: 'It is finished: complete or failed.',
    headers: waitedHeaders,
    content: { 'application/json': { schema: ref(Dataset) } },
  },
  202: {
    description: 'It is being made.',
    headers: waitedHeaders,
    content: { 'application/json': { schema: ref(Dataset) } },
  },
};

const routes: FastifyPluginAsyncTypebox<AdminContext> = async (app, context) => {
  const { workspace, closing } = context;
  const background = new Background();
  const maker = new DatasetMaker(context, background);
  app.addHook('onClose', () => background.settled());

  await app.register(uploadRoute, context);

  app.post(
    '/datasets/register',
    {
      schema: {
        operationId: 'registerDataset',
        tags,
        summary: 'Register rows in S3 as a data set',
        description: 'Reads them once for their shape and profile. They stay where they are, and must not change.',
        headers: PreferWait,
        body: ref(NewRegistration),
        response: { ...made, ...problems(400, 404, 413, 415, 429, 500, 502, 503) },
      },
    },
    async (request, reply) => {
      const { dataset, finished } = await register(context, maker, request.body);
      reply.header('location', path(dataset));
      return startedOrFinished(request, reply, { now: dataset, finished });
    },
  );

  listRoute(app, noun, {
    query: DatasetQuery,
    page: DatasetPage,
    description: 'Each in its newest complete version.',
    list: (query: DatasetQuery) => listDatasets(workspace, query),
  });
  getRoute(app, noun, { item: Dataset, get: (name) => getDataset(workspace, name) });
  eventsRoute(app, noun, {
    description: 'Being uploaded or made. By its name alone, the version that was begun last.',
    get: (name) => getNewest(workspace, name),
    isFinal: ({ status }) => status !== 'InProgress',
    closing,
  });
  partsRoute(
    app,
    { ...noun, params: Type.Object({ name: DatasetName }) },
    {
      part: 'versions',
      operationId: 'listDatasetVersions',
      summary: 'List the versions of a data set',
      query: DatasetQuery,
      page: DatasetPage,
      list: (name, query: DatasetQuery) => listVersions(workspace, name, query),
    },
  );

  app.get(
    '/datasets/:name/profile',
    {
      schema: {
        operationId: 'getDatasetProfile',
        tags,
        summary: 'Show what stands in the columns',
        description: 'Types, missing values, ranges, means, quantiles, values with their counts, histograms.',
        params,
        response: { 200: ref(DatasetProfile, 'The profile.'), ...problems(400, 404, 409, 429, 500, 502, 503) },
      },
    },
    (request) => getProfile(workspace, request.params.name),
  );

  app.get(
    '/datasets/:name/preview',
    {
      schema: {
        operationId: 'previewDataset',
        tags,
        summary: 'Show the first rows',
        params,
        querystring: Type.Object(
          { rows: defaulted(Type.Integer({ minimum: 1, maximum: 1_000, default: 10, description: 'Most rows.' })) },
          { additionalProperties: false },
        ),
        response: { 200: ref(Preview, 'The rows.'), ...problems(400, 404, 409, 429, 500, 502, 503) },
      },
    },
    (request) => preview(workspace, request.params.name, request.query.rows),
  );

  app.post(
    '/datasets/:name/split',
    {
      schema: {
        operationId: 'splitDataset',
        tags,
        summary: 'Split a data set',
        description:
          'Divides its rows at random among new data sets, `<name>-<part>`, in exactly the shares asked for. Rows keep their order.',
        params,
        headers: PreferWait,
        body: ref(NewSplit),
        response: {
          201: {
            description: 'The parts are finished: complete or failed.',
            headers: waitedHeaders,
            content: { 'application/json': { schema: ref(SplitParts) } },
          },
          202: {
            description: 'The parts are being made.',
            headers: waitedHeaders,
            content: { 'application/json': { schema: ref(SplitParts) } },
          },
          ...problems(400, 404, 409, 413, 415, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const parts = Object.entries(await split(context, maker, request.params.name, request.body));
      const [first] = parts;
      if (first) reply.header('location', path(first[1].dataset));
      return startedOrFinished(request, reply, {
        now: Object.fromEntries(parts.map(([part, { dataset }]) => [part, dataset])),
        finished: Promise.all(parts.map(async ([part, { finished }]) => [part, await finished] as const)).then(
          Object.fromEntries<Dataset>,
        ),
      });
    },
  );

  app.post(
    '/datasets/:name/prepare',
    {
      schema: {
        operationId: 'prepareDataset',
        tags,
        summary: 'Prepare a data set for training',
        description:
          'Makes a new data set of numbers: label first, texts as one-hot columns `<column>_<value>`, values that mean there is none as empty cells. A model that is trained with it is called with the categories by name.',
        params,
        headers: PreferWait,
        body: ref(NewPreparation),
        response: { ...made, ...problems(400, 404, 409, 413, 415, 429, 500, 502, 503) },
      },
    },
    async (request, reply) => {
      const { dataset, finished } = await prepare(context, maker, request.params.name, request.body);
      reply.header('location', path(dataset));
      return startedOrFinished(request, reply, { now: dataset, finished });
    },
  );

  app.delete(
    '/datasets/:name',
    {
      schema: {
        operationId: 'deleteDataset',
        tags,
        summary: 'Delete a data set',
        description:
          'All versions, or with `name@version` one. Models that were trained with it stay, and so do rows that were only registered.',
        params,
        response: { 200: ref(Removed, 'What was removed.'), ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    (request) => removeDataset(workspace, request.params.name),
  );
};
export default routes;
