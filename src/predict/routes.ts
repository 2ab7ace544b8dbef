import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { GatewayError } from '../errors.ts';
import { requireModel } from '../plugins/auth.ts';
import { problems } from '../plugins/problem.ts';
import { typesAsked } from './accept.ts';
import { type AnswerForm, answerForm } from './answer-form.ts';
import { callerBody, parseBodiesOfAnyType } from './body-parsers.ts';
import type { ModelAnswer } from './call.ts';
import { readInput } from './input.ts';
import type { Models } from './models.ts';
import { predict } from './predict.ts';
import { acceptLater } from './predictions/accept-later.ts';
import { acceptLargeBodies } from './predictions/large-bodies.ts';
import type { AsyncPredictions } from './predictions/predictions.ts';
import { prefersAsync } from './predictions/prefer.ts';
import { acceptedResponse } from './predictions/schemas.ts';
import { bodySchema } from './request-schema.ts';
import { ModelName, Predictions } from './schemas.ts';

const responses = {
  200: {
    description: 'The predictions, or with another Accept type the bytes of the model as they are.',
    content: {
      'application/json': { schema: Predictions },
      'text/csv': { schema: Type.String({ examples: ['0.0423\n'] }) },
      'application/jsonlines': { schema: Type.String({ examples: ['{"score":0.0423,"label":"no"}\n'] }) },
    },
  },
  ...acceptedResponse,
  ...problems(400, 404, 406, 413, 415, 429, 500, 502, 503, 504),
};

interface PredictOptions {
  readonly models: Models;
  readonly predictions: AsyncPredictions;
  /** Longest body in real time, bytes. */
  readonly bodyLimit: number;
}

const routes: FastifyPluginAsync<PredictOptions> = async (app, { models, predictions, bodyLimit }) => {
  parseBodiesOfAnyType(app);
  acceptLargeBodies(app, { models, predictions, bodyLimit });

  async function answer(request: FastifyRequest, reply: FastifyReply, name: string | undefined): Promise<FastifyReply> {
    const caller = callerBody(request);
    const found = models.find(name);
    const served = found instanceof Promise ? await found : found;
    requireModel(request, served.model.name);
    const input = readInput(caller, served.model);
    const forms = typesAsked(request.headers.accept).map((type) => answerForm(type, input, served.model));
    const { model } = served;
    if (model.asyncEndpoint !== undefined && prefersAsync(request.headers.prefer)) {
      const accept = forms[0]?.accept ?? model.accept;
      return acceptLater(predictions, { request, reply }, { model, endpoint: model.asyncEndpoint }, input, accept);
    }
    const { form, result } = await firstAcceptable(forms, (accept) =>
      predict(served, input, accept, request.headers, models),
    );

    request.sagemakerMs = result.upstreamMs;
    request.sagemakerRequestId = result.headers['x-amzn-requestid'] as string | undefined;
    reply.header('server-timing', serverTiming(reply.elapsedTime - result.upstreamMs, result.upstreamMs));
    if (result.cache) reply.header('x-cache', result.cache.status).header('age', String(result.cache.ageSeconds));
    const { contentType, body } = form.render(result);
    return reply.type(contentType).send(body);
  }

  app.post(
    '/predict',
    {
      attachValidation: true,
      schema: {
        operationId: 'predict',
        tags: ['predict'],
        summary: 'Predict with the default model',
        description: 'As POST /predict/{model}, with the model that the configuration names as the default.',
        body: bodySchema,
        response: responses,
      },
    },
    (request, reply) => answer(request, reply, undefined),
  );
  app.post<{ Params: { model: string } }>(
    '/predict/:model',
    {
      attachValidation: true,
      schema: {
        operationId: 'predictWithModel',
        tags: ['predict'],
        summary: 'Predict with a model',
        description:
          'Rows as JSON, CSV, JSON lines or libsvm, which are checked and reach the model in the type that it takes; every row gets its score. A body of any other type goes to the model as it is.',
        params: Type.Object({ model: ModelName }),
        body: bodySchema,
        response: responses,
      },
    },
    (request, reply) => answer(request, reply, request.params.model),
  );
};
export default routes;

/** Asks the model for one form after another until it does not refuse the type. */
async function firstAcceptable(
  [form, ...others]: readonly AnswerForm[],
  ask: (accept: string) => Promise<ModelAnswer>,
): Promise<{ form: AnswerForm; result: ModelAnswer }> {
  if (form === undefined) throw new Error('No form of answer was asked for');
  try {
    return { form, result: await ask(form.accept) };
  } catch (error) {
    const refused = error instanceof GatewayError && error.facts.upstream?.status === 406 && form.wished;
    if (!refused) throw error;
    if (others.length > 0) return firstAcceptable(others, ask);
    throw new GatewayError('not_acceptable', `The model does not answer in ${form.accept}.`, error.facts);
  }
}

/** What the gateway itself cost and what SageMaker took, ms. */
const serverTiming = (own: number, upstream: number): string =>
  `gateway;dur=${own.toFixed(2)}, sagemaker;dur=${upstream.toFixed(2)}`;
