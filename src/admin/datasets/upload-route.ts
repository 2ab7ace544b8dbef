import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { GatewayError } from '../../errors.ts';
import { problems } from '../../plugins/problem.ts';
import type { AdminContext } from '../context.ts';
import { located, ref } from '../resource-schema.ts';
import { upload } from './ingest.ts';
import { Dataset, UploadQuery } from './schema.ts';

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

/** In a scope of its own, since its body is not parsed. */
const uploadRoute: FastifyPluginAsyncTypebox<AdminContext> = async (app, { workspace, config, log }) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('text/csv', (_request, stream, done) => done(null, stream));

  app.post(
    '/datasets',
    {
      bodyLimit: config.uploadLimit,
      schema: {
        operationId: 'uploadDataset',
        tags: ['datasets'],
        summary: 'Upload a data set',
        description:
          'Streams the rows to S3 as a new version and learns their shape and profile. Nothing is kept of an upload that is refused: empty, or with rows of different length, or with a header in which a name repeats.',
        querystring: UploadQuery,
        body,
        response: {
          201: located(ref(Dataset), 'The data set is stored.'),
          ...problems(400, 413, 415, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => {
      // Without a type no parser was asked, and there is no stream.
      const { body: rows } = request as { body?: Readable };
      if (rows === undefined) throw new GatewayError('unsupported_media_type', 'A data set is sent as text/csv.');
      const dataset = await upload({ workspace, log }, request.query, rows, config.uploadLimit);
      return reply.code(201).header('location', `/admin/datasets/${dataset.name}@${dataset.version}`).send(dataset);
    },
  );
};
export default uploadRoute;

/** Enough rows for the trainer to find the rule in: `bought` when a customer is neither young nor asked too often. */
function exampleRows(): string {
  const rows = ['bought,age,calls'];
  for (let age = 20; age <= 65; age += 5) {
    for (let calls = 1; calls <= 4; calls += 1) rows.push(`${age >= 35 && calls <= 2 ? 1 : 0},${age},${calls}`);
  }
  return `${rows.join('\n')}\n`;
}
