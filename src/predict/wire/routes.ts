import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type TObject } from 'typebox';
import { GatewayError } from '../../errors.ts';
import { createRelay, type Relay, type RuntimeOperation } from '../../sagemaker/relay.ts';
import type { RuntimeTarget } from '../../sagemaker/runtime-target.ts';
import type { AdmissionLimits } from '../admission.ts';
import { deadlineOf } from '../deadline.ts';
import { Exchanges } from './exchange.ts';
import { Gates } from './gates.ts';
import { answerFault, sendFault, unknownOperation } from './runtime-error.ts';
import {
  AsyncHeaders,
  bytes,
  EndpointParams,
  InvocationHeaders,
  RuntimeError,
  runtimeFailures,
  StreamHeaders,
} from './schemas.ts';

export interface WireOptions {
  /** Asked on the first call. */
  readonly target: () => Promise<RuntimeTarget>;
  /** For each endpoint; without them a model's own defaults. */
  readonly limits?: AdmissionLimits;
  /** Longest exchange, ms, by operation. */
  readonly patience?: Readonly<Record<RuntimeOperation, number>>;
}

const defaultLimits: AdmissionLimits = { maxInFlight: 256, maxQueue: 1_024 };

/** SageMaker's own limits and a little more, so that its own words reach the caller. */
const defaultPatience = {
  invocations: 65_000,
  'invocations-response-stream': 485_000,
  'async-invocations': 65_000,
};

/** Names here are SageMaker's: a client that is held to some models would get round that. */
function refuseModelClient({ client }: FastifyRequest): void {
  if (client?.models) {
    throw new GatewayError('forbidden', `The client ${client.name} may call its models only, by their public names.`);
  }
}

const header = (description: string) => Type.String({ description });
const requestIdHeader = { 'x-amzn-requestid': header('Of SageMaker, or of the gateway where it refused.') };
const answerHeaders = {
  ...requestIdHeader,
  'x-amzn-invoked-production-variant': header('Variant that answered.'),
  'x-amzn-sagemaker-custom-attributes': header('From the model’s container.'),
};
const sessionHeaders = {
  'x-amzn-sagemaker-new-session-id': header('Session that was opened, and when it expires.'),
  'x-amzn-sagemaker-closed-session-id': header('Session that was closed.'),
};

const sameAs = 'An AWS SDK calls it when its endpoint URL for the SageMaker runtime is the gateway’s.';

/** The SageMaker runtime API: raw bytes to the endpoint of that name, which is SageMaker's and no public model name. Registered under /endpoints. */
const routes: FastifyPluginAsync<WireOptions> = async (app, options) => {
  const { target, limits = defaultLimits, patience = defaultPatience } = options;
  const gates = new Gates(limits);
  const exchanges = new Exchanges();
  app.lifecycle.timeUp.addEventListener('abort', () => exchanges.stop());
  let opening: Promise<Relay> | undefined;
  const open = (): Promise<Relay> => {
    opening ??= target().then((found) => createRelay(found));
    // A failure is not kept: the next caller tries again.
    opening.catch(() => {
      opening = undefined;
    });
    return opening;
  };
  app.addHook('onClose', async () => (await opening)?.close());

  app.addSchema(RuntimeError);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-amzn-requestid', request.id);
    done();
  });
  app.setErrorHandler(answerFault);
  app.setNotFoundHandler((_request, reply) => sendFault(reply, unknownOperation));

  const passing = (operation: RuntimeOperation, headers: TObject) => {
    const passed = Object.keys(headers.properties);
    return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const { endpoint } = request.params as EndpointParams;
      refuseModelClient(request);
      const deadline = deadlineOf(request.headers, patience[operation]);
      const relay = await open();
      const work = () => exchanges.run(relay, { request, reply, endpoint, operation, passed, deadline });
      await gates.run(endpoint, { deadline, work, trace: request.trace });
      return reply;
    };
  };

  app.post(
    '/:endpoint/invocations',
    {
      schema: {
        operationId: 'invokeEndpoint',
        tags: ['sagemaker-runtime'],
        summary: 'Invoke a SageMaker endpoint',
        description: `SageMaker’s InvokeEndpoint: the body to the model and its answer back, byte for byte. ${sameAs}`,
        params: EndpointParams,
        headers: InvocationHeaders,
        body: bytes('*/*'),
        response: {
          200: {
            description: 'The model’s answer.',
            headers: { ...answerHeaders, ...sessionHeaders },
            ...bytes('*/*'),
          },
          ...runtimeFailures,
        },
      },
    },
    passing('invocations', InvocationHeaders),
  );

  app.post(
    '/:endpoint/invocations-response-stream',
    {
      schema: {
        operationId: 'invokeEndpointWithResponseStream',
        tags: ['sagemaker-runtime'],
        summary: 'Invoke a SageMaker endpoint that answers as a stream',
        description: `SageMaker’s InvokeEndpointWithResponseStream: its event stream, chunk by chunk as it comes. Where SageMaker or the gateway breaks off in the middle, it ends with InternalStreamFailure. ${sameAs}`,
        params: EndpointParams,
        headers: StreamHeaders,
        body: bytes('*/*'),
        response: {
          200: {
            description: 'The model’s answer as PayloadPart events.',
            headers: { ...answerHeaders, 'x-amzn-sagemaker-content-type': header('Type of the model’s answer.') },
            ...bytes('application/vnd.amazon.eventstream'),
          },
          ...runtimeFailures,
        },
      },
    },
    passing('invocations-response-stream', StreamHeaders),
  );

  app.post(
    '/:endpoint/async-invocations',
    {
      schema: {
        operationId: 'invokeEndpointAsync',
        tags: ['sagemaker-runtime'],
        summary: 'Queue an invocation of an asynchronous SageMaker endpoint',
        description: `SageMaker’s InvokeEndpointAsync: the answer goes to S3. ${sameAs}`,
        params: EndpointParams,
        headers: AsyncHeaders,
        body: bytes('*/*'),
        response: {
          202: {
            description: 'It is queued.',
            headers: {
              ...requestIdHeader,
              'x-amzn-sagemaker-outputlocation': header('S3 URI where the answer will be.'),
              'x-amzn-sagemaker-failurelocation': header('S3 URI where the reason will be if it fails.'),
            },
            ...bytes('application/json', Type.Object({ InferenceId: Type.Optional(Type.String()) })),
          },
          ...runtimeFailures,
        },
      },
    },
    passing('async-invocations', AsyncHeaders),
  );
};
export default routes;
