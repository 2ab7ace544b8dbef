import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { type ErrorCode, type FieldError, GatewayError } from '../errors.ts';
import { knownRoutes } from './known-routes.ts';
import { Problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Why a request met no route: its path is unknown, or its method, and then Allow tells the methods. */
    missing(request: FastifyRequest, reply: FastifyReply): GatewayError;
  }
}

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  404: 'not_found',
  406: 'not_acceptable',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};

/** More than these are not listed: an answer must not grow with a hostile request. */
const listed = 50;

const placeOf: Readonly<Record<string, string>> = { params: 'path', querystring: 'query', headers: 'header' };

/** AJV's finding as a place and a sentence. A missing or unknown property is named at its own place, not at its parent's. */
function fieldError(context: string, fault: NonNullable<FastifyError['validation']>[number]): FieldError {
  const own = fault.params.missingProperty ?? fault.params.additionalProperty;
  const path =
    typeof own === 'string'
      ? `${fault.instancePath}/${own.replaceAll('~', '~0').replaceAll('/', '~1')}`
      : fault.instancePath;
  const allowed = fault.keyword === 'enum' ? `: ${(fault.params.allowedValues as unknown[]).join(', ')}` : '';
  const detail =
    fault.keyword === 'additionalProperties'
      ? 'is not a known field'
      : fault.keyword === 'required'
        ? 'is missing'
        : `${fault.message ?? 'is not valid'}${allowed}`;
  return { pointer: `${placeOf[context] ?? ''}${path}`, detail };
}

/** Fastify's own errors (parser, router, validation) in the gateway's terms. */
function fromFastify(error: FastifyError, request: FastifyRequest): GatewayError {
  if (error.validation) {
    const errors = error.validation
      .slice(0, listed)
      .map((fault) => fieldError(error.validationContext ?? 'body', fault));
    const [{ pointer, detail } = { pointer: '', detail: '' }] = errors;
    const more = error.validation.length > 1 ? ` (and ${error.validation.length - 1} more)` : '';
    return new GatewayError('validation_failed', `${pointer || 'The body'} ${detail}${more}.`, { errors });
  }
  const status = error.statusCode ?? 500;
  if (status >= 500)
    return new GatewayError('internal', 'The gateway failed; its log has the cause under this request id.', {
      cause: error,
    });
  const code = codeOfStatus[status] ?? 'malformed_body';
  if (code === 'unsupported_media_type') {
    return new GatewayError(
      code,
      `A body of type ${request.headers['content-type'] ?? '(none given)'} cannot be read here.`,
    );
  }
  if (code === 'body_too_large') {
    return new GatewayError(code, `The body is over the limit of ${request.routeOptions.bodyLimit ?? 0} bytes.`);
  }
  return new GatewayError(code, `${error.message}.`, { cause: error });
}

const asGatewayError = (error: unknown, request: FastifyRequest): GatewayError =>
  error instanceof GatewayError
    ? error
    : fromFastify((error instanceof Error ? error : new Error(String(error))) as FastifyError, request);

export function toProblem(error: GatewayError, requestId: string): Problem {
  const { errors, upstream, limit } = error.facts;
  return {
    type: `urn:sagemaker-gateway:problem:${error.code}`,
    title: error.title,
    status: error.statusCode,
    detail: error.message,
    code: error.code,
    requestId,
    ...(errors ? { errors: [...errors] } : {}),
    ...(upstream ? { upstream } : {}),
    ...(limit === undefined ? {} : { limit }),
  };
}

/** What was thrown in the gateway's terms, told in the request's line of the log and in headers; routes with an error format of their own render it. */
export function reportError(error: unknown, request: FastifyRequest, reply: FastifyReply): GatewayError {
  // Fastify may find fault with the body of a method, such as QUERY, before it says that there is no route.
  const isMissing = request.is404 && !(error instanceof GatewayError);
  const known = isMissing ? request.server.missing(request, reply) : asGatewayError(error, request);
  request.failure = known;
  if (known.facts.retryAfter !== undefined) reply.header('retry-after', String(known.facts.retryAfter));
  // Who asks again is to ask another gateway; requests that come from now on are told so by their answer, whatever it is.
  if (request.server.lifecycle.draining) reply.header('connection', 'close');
  return known;
}

function answer(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = reportError(error, request, reply);
  if (known.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer realm="sagemaker-gateway"');
  return reply
    .code(known.statusCode)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(toProblem(known, request.id));
}

/** Every error as `application/problem+json`, also for unknown routes. */
export default fp(
  async (app: FastifyInstance) => {
    app.addSchema(Problem);
    app.setErrorHandler(answer);
    const methodsOf = knownRoutes(app);
    app.decorate('missing', (request: FastifyRequest, reply: FastifyReply) => {
      const [path = ''] = request.url.split('?', 1);
      const methods = methodsOf(path);
      if (methods.length === 0) return new GatewayError('not_found', `There is no ${path}.`);
      reply.header('allow', methods.join(', '));
      return new GatewayError('method_not_allowed', `${path} knows ${methods.join(', ')}, not ${request.method}.`);
    });
    app.setNotFoundHandler((request, reply) => answer(app.missing(request, reply), request, reply));
  },
  { name: 'errors' },
);
