import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { GatewayError } from '../errors.ts';
import { requireModel } from '../plugins/auth.ts';
import { problems } from '../plugins/problem.ts';
import { within } from '../tracing/trace.ts';
import { anyType, typesAsked } from './accept.ts';
import { type AnswerForm, answerForm, type Rendered } from './answer-form.ts';
import { callerBody, parseBodiesOfAnyType } from './body-parsers.ts';
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
import { tellOf } from './tell-of.ts';

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

  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    name: string | undefined,
  ): Promise<Rendered['body'] | FastifyReply> {
    const caller = callerBody(request);
    const found = models.find(name);
    const served = found instanceof Promise ? await found : found;
    const { model } = served;
    requireModel(request, model.name);
    const input = within(request.trace, 'decode', () => readInput(caller, model));
    const [type = anyType, another] = typesAsked(request.headers.accept);
    let form = answerForm(type, input, model);
    if (model.asyncEndpoint !== undefined && prefersAsync(request.headers.prefer)) {
      return acceptLater(predictions, { request, reply }, { model, endpoint: model.asyncEndpoint }, input, form.accept);
    }
    const ask = () => predict(served, input, form.accept, request, models);
    const result = await ask().catch((error) => {
      throwUnlessRefused(error, form);
      if (another === undefined) throw notAcceptable(form, error);
      form = answerForm(another, input, model);
      return ask();
    });

    tellOf(result, request, reply);
    const { contentType, body } = within(request.trace, 'encode', () => form.render(result));
    reply.type(contentType);
    return body;
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

/** The caller asked for a type that the model itself would have to write. @throws the error where it says anything but that the model does not */
function throwUnlessRefused(error: unknown, { wished }: AnswerForm): asserts error is GatewayError {
  if (!(wished && error instanceof GatewayError && error.facts.upstream?.status === 406)) throw error;
}

const notAcceptable = ({ accept }: AnswerForm, { facts }: GatewayError): GatewayError =>
  new GatewayError('not_acceptable', `The model does not answer in ${accept}.`, facts);
