import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { problems } from '../plugins/problem.ts';
import { modelTypeAsked } from './accept.ts';
import { inputFromCsv, inputFromJson, type ModelInput } from './input.ts';
import type { CallableModel } from './model.ts';
import type { Models } from './models.ts';
import { toLambdaAnswer, toPredictions } from './output.ts';
import { predict } from './predict.ts';
import { ModelName, PredictBody, Predictions, tutorialRow } from './schemas.ts';

const responses = {
  200: {
    description: 'The predictions, or with another Accept type the bytes of the model as they are.',
    content: {
      'application/json': { schema: Predictions },
      'text/csv': { schema: Type.String({ examples: ['0.0423\n'] }) },
    },
  },
  ...problems(400, 404, 406, 413, 415, 429, 500, 502, 503, 504),
};

const body = {
  content: {
    'application/json': { schema: PredictBody },
    'text/csv': {
      schema: Type.Unsafe<Buffer>({
        description: 'Rows without a header, columns in the order of the model.',
        examples: [tutorialRow],
      }),
    },
  },
};

const routes: FastifyPluginAsync<{ readonly models: Models }> = async (app, { models }) => {
  app.addContentTypeParser('text/csv', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));

  async function answer(request: FastifyRequest, reply: FastifyReply, name: string | undefined): Promise<FastifyReply> {
    const found = models.find(name);
    const served = found instanceof Promise ? await found : found;
    const { model } = served;
    const input = readInput(request.body as Buffer | PredictBody, model);
    const type = modelTypeAsked(request.headers.accept);
    const result = await predict(served, input, type ?? model.accept, request.headers, models);

    reply.header('server-timing', serverTiming(reply.elapsedTime - result.upstreamMs, result.upstreamMs));
    if (result.cache) reply.header('x-cache', result.cache.status).header('age', String(result.cache.ageSeconds));
    if (type !== undefined) return reply.type(result.contentType).send(result.body);
    reply.type('application/json; charset=utf-8');
    if (model.response === 'lambda') return reply.send(toLambdaAnswer(result.body));
    return reply.send(toPredictions(result.body, input.rows, model));
  }

  app.post(
    '/predict',
    {
      schema: {
        operationId: 'predict',
        tags: ['predict'],
        summary: 'Predict with the default model',
        description: 'As POST /predict/{model}, with the model that the configuration names as the default.',
        body,
        response: responses,
      },
    },
    (request, reply) => answer(request, reply, undefined),
  );
  app.post<{ Params: { model: string } }>(
    '/predict/:model',
    {
      schema: {
        operationId: 'predictWithModel',
        tags: ['predict'],
        summary: 'Predict with a model',
        description:
          'Rows as `data` (CSV text), as `instances` (arrays, or objects by feature name), or as a text/csv body. Every row gets its score.',
        params: Type.Object({ model: ModelName }),
        body,
        response: responses,
      },
    },
    (request, reply) => answer(request, reply, request.params.model),
  );
};
export default routes;

const readInput = (content: Buffer | PredictBody, model: CallableModel): ModelInput =>
  Buffer.isBuffer(content) ? inputFromCsv(content, model) : inputFromJson(content, model);

/** What the gateway itself cost and what SageMaker took, ms. */
const serverTiming = (own: number, upstream: number): string =>
  `gateway;dur=${own.toFixed(2)}, sagemaker;dur=${upstream.toFixed(2)}`;
