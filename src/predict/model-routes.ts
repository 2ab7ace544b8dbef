import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { exampleOf } from '../config/feature.ts';
import { requireModel } from '../plugins/auth.ts';
import { problems } from '../plugins/problem.ts';
import type { CallableModel } from './model.ts';
import type { Models } from './models.ts';
import { Model, ModelList, ModelName } from './schemas.ts';

function withExample(model: CallableModel) {
  const example = model.features && exampleOf(model.features);
  return example === undefined ? model : { ...model, example };
}

const routes: FastifyPluginAsyncTypebox<{ readonly models: Models }> = async (app, { models }) => {
  app.get(
    '/models',
    {
      schema: {
        operationId: 'listModels',
        tags: ['models'],
        summary: 'List what can be called',
        response: { 200: ModelList, ...problems(500, 502, 503) },
      },
    },
    // The schema leaves out what is between the gateway and SageMaker only.
    async (request) => ({
      items: (await models.list()).filter(({ name }) => app.mayPredict(request, name)).map(withExample),
    }),
  );
  app.get(
    '/models/:model',
    {
      schema: {
        operationId: 'getModel',
        tags: ['models'],
        summary: 'Show a model with its features',
        params: Type.Object({ model: ModelName }),
        response: { 200: Model, ...problems(400, 404, 500, 502, 503) },
      },
    },
    async (request) => {
      requireModel(request, request.params.model);
      return withExample((await models.find(request.params.model)).model);
    },
  );
};
export default routes;
