import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { GatewayError } from '../../errors.ts';
import { requireModel } from '../../plugins/auth.ts';
import { reportError } from '../../plugins/errors.ts';
import { within } from '../../tracing/trace.ts';
import { version as gatewayVersion } from '../../version.ts';
import type { Models, ServedModel } from '../models.ts';
import { toPredictions } from '../output.ts';
import { predict } from '../predict.ts';
import { tellOf } from '../tell-of.ts';
import { binaryAnswer, fillTensors, jsonLength, lengthHeader } from './binary.ts';
import { metadataOf } from './metadata.ts';
import { outputsOf } from './outputs.ts';
import { inputFromTensors } from './rows.ts';
import {
  InferenceError,
  InferHeaders,
  InferRequest,
  InferResponse,
  inferenceErrors,
  ModelMetadata,
  ModelParams,
  ServerMetadata,
  VersionParams,
} from './schemas.ts';

interface Named {
  readonly model: string;
  readonly version?: string;
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { message, statusCode } = reportError(error, request, reply);
  return reply.code(statusCode).type('application/json').serializer(JSON.stringify).send({ error: message });
}

/** The Open Inference Protocol v2 over REST, with the extension for binary tensors. Registered under /v2. */
const routes: FastifyPluginAsyncTypebox<{ readonly models: Models }> = async (app, { models }) => {
  app.addSchema(InferenceError);
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply));
  app.setNotFoundHandler((request, reply) => answerError(app.missing(request, reply), request, reply));
  // Clients of this protocol do not always name the type of their JSON.
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    const { [lengthHeader]: header } = request.headers;
    if (header === undefined) {
      parseJson(request, body.toString(), done);
      return;
    }
    try {
      const length = jsonLength(header, body);
      parseJson(request, body.toString('utf8', 0, length), (error, json) => {
        if (error === null) fillTensors(json, body.subarray(length));
        done(error, json);
      });
    } catch (error) {
      done(error as Error);
    }
  });

  async function find(request: FastifyRequest): Promise<ServedModel> {
    const { model: name, version } = request.params as Named;
    requireModel(request, name);
    const served = await models.find(name);
    if (version !== undefined && version !== served.model.version) {
      throw new GatewayError('model_not_found', `There is no version ${version} of the model "${name}".`);
    }
    return served;
  }

  async function infer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { id, inputs, outputs, parameters } = request.body as InferRequest;
    const served = await find(request);
    const { model } = served;
    const input = within(request.trace, 'decode', () => inputFromTensors(inputs, model));
    const answer = await predict(served, input, model.accept, request, models);
    tellOf(answer, request, reply);
    const { predictions } = toPredictions(answer, input.rows, model);
    const response: InferResponse = {
      model_name: model.name,
      ...(model.version === undefined ? {} : { model_version: model.version }),
      ...(id === undefined ? {} : { id }),
      outputs: outputsOf(predictions, outputs),
    };
    const binary = binaryAnswer({ outputs, parameters }, response);
    if (binary === undefined) return reply.type('application/json').serializer(JSON.stringify).send(response);
    return reply.type('application/octet-stream').header(lengthHeader, binary.jsonLength).send(binary.body);
  }

  app.get(
    '',
    {
      schema: {
        operationId: 'getInferenceServer',
        tags: ['open-inference'],
        summary: 'Show the server',
        response: { 200: ServerMetadata },
      },
    },
    async () => ({ name: 'sagemaker-gateway', version: gatewayVersion, extensions: ['binary_tensor_data'] }),
  );
  app.get(
    '/health/live',
    {
      schema: {
        operationId: 'checkInferenceLiveness',
        tags: ['open-inference'],
        summary: 'Is the server alive',
        response: { 200: Type.Object({ live: Type.Boolean() }) },
      },
    },
    async () => ({ live: true }),
  );
  app.get(
    '/health/ready',
    {
      schema: {
        operationId: 'checkInferenceReadiness',
        tags: ['open-inference'],
        summary: 'Can the server take requests',
        response: { 200: Type.Object({ ready: Type.Boolean() }) },
      },
    },
    async () => ({ ready: true }),
  );

  for (const { path, of, params } of [
    { path: '/models/:model', of: '', params: ModelParams },
    { path: '/models/:model/versions/:version', of: 'Version', params: VersionParams },
  ] as const) {
    const which = of === '' ? 'a model' : 'a version of a model';
    app.get(
      path,
      {
        schema: {
          operationId: `getInferenceModel${of}`,
          tags: ['open-inference'],
          summary: `Show the inputs and outputs of ${which}`,
          params,
          response: { 200: ModelMetadata, ...inferenceErrors(400, 404, 500, 502, 503) },
        },
      },
      async (request) => metadataOf((await find(request)).model),
    );
    app.get(
      `${path}/ready`,
      {
        schema: {
          operationId: `checkInferenceModel${of}Readiness`,
          tags: ['open-inference'],
          summary: `Can ${which} be called`,
          params,
          response: {
            200: Type.Object({ name: Type.String(), ready: Type.Boolean() }),
            ...inferenceErrors(400, 404, 500, 502, 503),
          },
        },
      },
      async (request) => ({ name: (await find(request)).model.name, ready: true }),
    );
    app.post(
      `${path}/infer`,
      {
        schema: {
          operationId: `inferWithModel${of}`,
          tags: ['open-inference'],
          summary: `Predict with ${which}`,
          description:
            'Rows as tensors, which go the same way as those of POST /predict/{model}. They are JSON, or as Triton’s clients send them the elements are binary data behind it.',
          params,
          headers: InferHeaders,
          body: InferRequest,
          response: { 200: InferResponse, ...inferenceErrors(400, 404, 413, 429, 500, 502, 503, 504) },
        },
      },
      async (request, reply) => {
        await infer(request, reply);
        return reply;
      },
    );
  }
};
export default routes;
