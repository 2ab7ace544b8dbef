import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { requireModel } from '../plugins/auth.ts';
import { eventSchema } from '../plugins/event-schema.ts';
import { problems } from '../plugins/problem.ts';
import type { Aws } from '../sagemaker/aws.ts';
import { within } from '../tracing/trace.ts';
import { anyType, typesAsked } from './accept.ts';
import { callerBody, parseBodiesOfAnyType } from './body-parsers.ts';
import { readInput } from './input.ts';
import type { Models } from './models.ts';
import { callOf, typeRefused } from './predict.ts';
import { bodySchema } from './request-schema.ts';
import { ModelName } from './schemas.ts';
import { Streaming } from './streaming.ts';

interface StreamingOptions {
  readonly models: Models;
  readonly aws: Pick<Aws, 'runtime'>;
}

const eventStream = 'text/event-stream';

const response = {
  200: {
    description:
      'The bytes of the model in its own type, part by part as it gives them; or an event for each part, then `done` or `error`.',
    content: {
      '*/*': { schema: Type.Unsafe<Buffer>({ description: 'What the model gives.' }) },
      [eventStream]: { schema: eventSchema('done', 'error'), example: { data: '0.0423' } },
    },
  },
  ...problems(400, 404, 406, 413, 415, 429, 500, 502, 503, 504),
};

const routes: FastifyPluginAsync<StreamingOptions> = async (app, { models, aws }) => {
  parseBodiesOfAnyType(app);
  const streaming = new Streaming(aws);
  app.lifecycle.timeUp.addEventListener('abort', () => streaming.stop());

  app.post<{ Params: { model: string } }>(
    '/predict/:model/stream',
    {
      attachValidation: true,
      schema: {
        operationId: 'streamPrediction',
        tags: ['predict'],
        summary: 'Predict with a model that answers part by part',
        description:
          'The body as of POST /predict/{model}. The answer begins with the model’s first byte, for which its timeout holds, and follows the model as fast as it is read. ' +
          'When the model fails later, bytes break off with the connection, so that half an answer cannot pass for a whole one; Server-Sent Events (Accept: text/event-stream) end with an `error` event that holds the problem. ' +
          'Text goes into events as it is, other types in base64, and a model that gives Server-Sent Events itself is passed on unchanged.',
        params: Type.Object({ model: ModelName }),
        body: bodySchema,
        response,
      },
    },
    async (request, reply) => {
      const caller = callerBody(request);
      const { model } = await models.find(request.params.model);
      requireModel(request, model.name);
      const input = within(request.trace, 'decode', () => readInput(caller, model));
      const [type = anyType] = typesAsked(request.headers.accept);
      const asEvents = type === eventStream;
      const accept = asEvents || type === anyType ? model.accept : type;
      const call = callOf(model, input, accept, request);
      await streaming.answer(model, { request, reply, call, asEvents }).catch(typeRefused(input));
      return reply;
    },
  );
};
export default routes;
