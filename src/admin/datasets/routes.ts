import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { GatewayError } from '../../errors.ts';
import { problems } from '../../plugins/problem.ts';
import type { AdminContext } from '../context.ts';
import { PageQuery } from '../paging.ts';
import { located, Removed, ref } from '../resource-schema.ts';
import { Dataset, DatasetName, DatasetPage, UploadQuery } from './schema.ts';
import { createDataset, getDataset, listDatasets, removeDataset } from './store.ts';

const params = Type.Object({ name: DatasetName });
const tags = ['datasets'];

const body = {
  content: {
    'text/csv': {
      // Without a type, since the validator is given the stream itself.
      schema: Type.Unsafe<Readable>({
        description: 'Rows of comma-separated values, with or without a header.',
        examples: [exampleRows()],
      }),
    },
  },
};

const routes: FastifyPluginAsyncTypebox<AdminContext> = async (app, { workspace, config }) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('text/csv', (_request, stream, done) => done(null, stream));

  app.post(
    '/datasets',
    {
      bodyLimit: config.uploadLimit,
      schema: {
        operationId: 'uploadDataset',
        tags,
        summary: 'Upload a data set',
        description:
          'Streams the rows to S3 and learns their shape. Nothing is kept of an upload that is refused: empty, or with rows of different length, or with a header in which a name repeats.',
        querystring: UploadQuery,
        body,
        response: {
          201: located(ref(Dataset), 'The data set is stored.'),
          ...problems(400, 409, 413, 415, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => {
      // Without a type no parser was asked, and there is no stream.
      const { body: rows } = request as { body?: Readable };
      if (rows === undefined) throw new GatewayError('unsupported_media_type', 'A data set is sent as text/csv.');
      const dataset = await createDataset(workspace, request.query, rows, config.uploadLimit);
      return reply.code(201).header('location', `/admin/datasets/${dataset.name}`).send(dataset);
    },
  );

  app.get(
    '/datasets',
    {
      schema: {
        operationId: 'listDatasets',
        tags,
        summary: 'List the data sets',
        querystring: PageQuery,
        response: { 200: ref(DatasetPage, 'A page of data sets, by name.'), ...problems(400, 429, 500, 502, 503) },
      },
    },
    (request) => listDatasets(workspace, request.query),
  );

  app.get(
    '/datasets/:name',
    {
      schema: {
        operationId: 'getDataset',
        tags,
        summary: 'Show a data set',
        params,
        response: { 200: ref(Dataset, 'The data set.'), ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    (request) => getDataset(workspace, request.params.name),
  );

  app.delete(
    '/datasets/:name',
    {
      schema: {
        operationId: 'deleteDataset',
        tags,
        summary: 'Delete a data set',
        description: 'Models that were trained with it stay.',
        params,
        response: { 200: ref(Removed, 'What was removed.'), ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    (request) => removeDataset(workspace, request.params.name),
  );
};
export default routes;

/** Enough rows for the trainer to find the rule in: `bought` when a customer is neither young nor asked too often. */
function exampleRows(): string {
  const rows = ['bought,age,calls'];
  for (let age = 20; age <= 65; age += 5) {
    for (let calls = 1; calls <= 4; calls += 1) rows.push(`${age >= 35 && calls <= 2 ? 1 : 0},${age},${calls}`);
  }
  return `${rows.join('\n')}\n`;
}
